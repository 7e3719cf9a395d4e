package desk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// An address of the desk becomes a link for everybody who reads its pages and letters.
func TestAddressesAreOfTheirKind(t *testing.T) {
	t.Parallel()
	d := &api.Declaration{Contacts: []api.Contact{
		{Kind: "mail", Setting: "mail"}, {Kind: "portal", Setting: "portal"}, {Kind: "link", Setting: "link"}, {Kind: "phone", Setting: "phone"},
	}}
	problems := func(setting, value string) (out []string) {
		for _, p := range settingProblems(d, tenant.Settings{Contacts: map[string]string{setting: value}}) {
			out = append(out, p.Pointer+" "+p.Code)
		}
		return out
	}
	for _, good := range [][2]string{
		{"mail", "help@desk.example"}, {"portal", "https://desk.example/"}, {"link", "http://desk.example/a?b=c"}, {"phone", "8-800 (доб. 5)"},
	} {
		require.Empty(t, problems(good[0], good[1]))
	}
	for _, bad := range []string{"javascript:alert(1)", "https://", "desk.example", "data:text/html,x", "//desk.example", "https:desk.example"} {
		require.Equal(t, []string{"/contacts/portal format_uri"}, problems("portal", bad), bad)
		require.Equal(t, []string{"/contacts/link format_uri"}, problems("link", bad), bad)
	}
	for _, bad := range []string{"x", "a@b.example, c@d.example", "Имя <a@b.example>", "a@b.example?cc=x"} {
		require.Equal(t, []string{"/contacts/mail format_email"}, problems("mail", bad), bad)
	}
	inLine := DeskSettings{Contacts: map[string]string{"phone": " 1\r\nBcc: 2 ", "mail": "\u200b"}}.settings()
	require.Equal(t, map[string]string{"phone": "1 Bcc: 2"}, inLine.Contacts)
}
