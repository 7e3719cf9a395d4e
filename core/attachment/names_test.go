package attachment_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/opora-desk/opora/core/attachment"
)

func TestShownName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, sent, want string }{
		{"kept", "Справка № 7 (копия).pdf", "Справка № 7 (копия).pdf"},
		{"path", "../../etc/passwd", "....etcpasswd"},
		{"windows path", `C:\docs\a.txt`, "C:docsa.txt"},
		{"controls", "a\x00b\r\n\tc\x7f.txt", "abc.txt"},
		{"bidi", "photo\u202egpj.exe", "photogpj.exe"},
		{"isolates and marks", "\u2066a\u2069\u200e.txt\ufeff", "a.txt"},
		{"composed", "и\u0306.txt", "й.txt"},
		{"emoji sequence", "👩\u200d⚕️.png", "👩\u200d⚕️.png"},
		{"not UTF-8", "a\xff\xfeb.txt", "ab.txt"},
		{"line separator", "a\u2028b.txt", "ab.txt"},
		{"spaces", "  a\u00a0b.txt  ", "a b.txt"},
		{"empty", "", "file"},
		{"dots", "..", "file"},
		{"only controls", "\u202e\x00/", "file"},
		{"long", strings.Repeat("я", 300) + ".docx", strings.Repeat("я", 250) + ".docx"},
		{"long without extension", strings.Repeat("я", 300), strings.Repeat("я", 255)},
		{"long extension is none", "a." + strings.Repeat("я", 300), "a." + strings.Repeat("я", 253)},
	} {
		require.Equal(t, test.want, attachment.ShownName(test.sent), test.name)
	}
}

func TestStoredName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, shown, rule string
		limit             int
		want              string
	}{
		{"no rule", "Справка №7.pdf", "", 20, "Справка №7.pdf"},
		{"transliterated", "Справка.pdf", "latin", 20, "Spravka.pdf"},
		{"cut before its extension", "Заявление на аккредитацию.docx", "latin", 20, "Zaiavlenie_na_a.docx"},
		{"soft signs", "объём ёж.txt", "latin", 20, "obiom_iozh.txt"},
		{"already Latin", "scan-01_a.png", "latin", 20, "scan-01_a.png"},
		{"nothing left", "№%$.pdf", "latin", 20, "No.pdf"},
		{"nothing at all", "%$", "latin", 20, "file"},
		{"hidden", ".htaccess", "latin", 20, "htaccess"},
		{"shell", "a;rm -rf $(x).sh", "latin", 20, "arm_-rf_x.sh"},
		{"no limit given", strings.Repeat("я", 200) + ".txt", "latin", 0, strings.Repeat("ia", 125) + "i.txt"},
	} {
		require.Equal(t, test.want, attachment.StoredName(test.shown, test.rule, test.limit), test.name)
	}
}

func TestNamesAreAlwaysSafe(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sent := string(rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		limit := rapid.IntRange(1, 300).Draw(t, "limit")
		shown := attachment.ShownName(sent)
		if shown == "" || !utf8.ValidString(shown) || utf8.RuneCountInString(shown) > attachment.MaxName || strings.ContainsAny(shown, "/\\\x00\r\n\u202e") {
			t.Fatalf("shown name %q of %q", shown, sent)
		}
		if again := attachment.ShownName(shown); again != shown {
			t.Fatalf("%q shown again is %q", shown, again)
		}
		stored := attachment.StoredName(shown, attachment.NameLatin, limit)
		if stored == "" || len(stored) > limit || strings.Trim(stored, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != "" || strings.HasPrefix(stored, ".") {
			t.Fatalf("stored name %q of %q, limit %d", stored, shown, limit)
		}
	})
}

func TestSniff(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, content, want string
		inline, image       bool
	}{
		{"png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png", true, true},
		{"gif", "GIF89a\x01\x00\x01\x00", "image/gif", true, true},
		{"jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg", true, true},
		{"bmp", "BM\x46\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01\x00\x18\x00", "image/bmp", false, true},
		{"svg", `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "image/svg+xml", false, false},
		{"html", "<!doctype html><script>alert(1)</script>", "text/html; charset=utf-8", false, false},
		{"pdf", "%PDF-1.7\n", "application/pdf", false, false},
		{"empty", "", "text/plain", false, false},
	} {
		got, whole, err := attachment.Sniff(iotest.OneByteReader(strings.NewReader(test.content)))
		require.NoError(t, err, test.name)
		require.Equal(t, test.want, got, test.name)
		require.Equal(t, test.inline, attachment.Inline(got), test.name)
		require.Equal(t, test.image, attachment.IsImage(got), test.name)
		back, err := io.ReadAll(whole)
		require.NoError(t, err, test.name)
		require.Equal(t, test.content, string(back), test.name)
	}
	long := bytes.Repeat([]byte{0, 1, 2, 3}, 5000)
	_, whole, err := attachment.Sniff(bytes.NewReader(long))
	require.NoError(t, err)
	back, err := io.ReadAll(whole)
	require.NoError(t, err)
	require.Equal(t, long, back)
	_, _, err = attachment.Sniff(iotest.ErrReader(iotest.ErrTimeout))
	require.ErrorIs(t, err, iotest.ErrTimeout)
}
