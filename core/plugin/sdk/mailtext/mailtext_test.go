package mailtext_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/plugin/sdk/mailtext"
)

func TestTidy(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a\nb c\nd", mailtext.Tidy("a\r\nb\u00a0c\r\u200bd", 100))
	require.Equal(t, "п", mailtext.Tidy("пр", 3), "no half of a letter is left")
}

func TestTopic(t *testing.T) {
	t.Parallel()
	for subject, topic := range map[string]string{
		"Re: FW:  Отчёты\tне  строятся": "Отчёты не строятся",
		"Отв[2]: Пересл: Вход":          "Вход",
		"Re":                            "Re",
		"На: вопрос":                    "вопрос",
		"Реестр: пусто":                 "Реестр: пусто",
	} {
		require.Equal(t, topic, mailtext.Topic(subject))
	}
}

func TestOwn(t *testing.T) {
	t.Parallel()
	for text, own := range map[string]string{
		"Своё\n> чужое\nещё своё":                     "Своё\nещё своё",
		"Своё\n01.02.2026 Анна пишет:\nчужое":         "Своё",
		"Своё\n-- Original Message --\nчужое":         "Своё",
		"> всё\n> чужое":                              "всё\nчужое",
		"-----Пересылаемое сообщение-----\nне входит": "не входит",
	} {
		require.Equal(t, own, mailtext.Own(text), text)
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	require.Equal(t, "абв", mailtext.Short("абв", 3))
	require.Equal(t, "аб…", mailtext.Short("аб вг", 4))
	require.Len(t, []rune(mailtext.Short(strings.Repeat("я", 50), 10)), 10)
}
