package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/letter"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
)

// R1.16, R1.17: the notice of a late request has its number, the dates and the Department's name; the
// Department's address stands in it only when the desk has set it.
func TestOverdueNoticeNamesTheDepartment(t *testing.T) {
	t.Parallel()
	d, findings := release.Parse(coretest.Bundle(t, "procurement-goszakaz").Files[api.DeclarationFile])
	require.Empty(t, findings)
	notice, err := letter.Parse(d.Texts.Letters["overdue"])
	require.NoError(t, err)
	data := letter.Data{
		Number: "GZ-10008", Subject: "Отчеты: не формируется отчёт", Status: "В работе", Desk: "Служба ТП",
		Registered: "02.03.2026 09:00", Deadline: "05.03.2026 20:00", Contacts: map[string]string{},
	}
	subject, body, err := notice.Render(i18n.RU, data)
	require.NoError(t, err)
	require.Contains(t, subject, "GZ-10008")
	for _, part := range []string{"GZ-10008", "02.03.2026 09:00", "05.03.2026 20:00", "Департамент государственного заказа Ханты-Мансийского автономного округа – Югры"} {
		require.Contains(t, body, part)
	}
	require.NotContains(t, body, "@", "no invented address")
	data.Contacts["department_mail"] = "otdel@example.org"
	_, body, err = notice.Render(i18n.RU, data)
	require.NoError(t, err)
	require.Contains(t, body, "otdel@example.org")
}
