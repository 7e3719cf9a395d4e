package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/config"
	"github.com/opora-desk/opora/core/i18n"
)

func TestLanguageOfTheConsole(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flag string
		env  map[string]string
		want i18n.Lang
	}{
		{"", nil, i18n.RU},
		{"", map[string]string{"LANG": "ru_RU.UTF-8"}, i18n.RU},
		{"", map[string]string{"LANG": "C.UTF-8"}, i18n.EN},
		{"", map[string]string{"LANG": "ru_RU.UTF-8", "LC_ALL": "de_DE.UTF-8"}, i18n.EN},
		{"", map[string]string{"LANG": "en_US.UTF-8", "LC_MESSAGES": "ru_RU.UTF-8"}, i18n.RU},
		{"ru", map[string]string{"LANG": "en_US.UTF-8"}, i18n.RU},
		{"en", map[string]string{"LANG": "ru_RU.UTF-8"}, i18n.EN},
	} {
		require.Equal(t, c.want, config.Lang(c.flag, func(key string) string { return c.env[key] }), "%v", c)
	}
}

func TestInstanceIsReadBackAndPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := config.ReadInstance(dir)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, config.RemoveInstance(dir))
	want := config.Instance{
		Address: "http://127.0.0.1:1", PID: 42, StartedAt: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
		AppURL: "postgres://opora_app@/opora", OwnerURL: "postgres://opora_owner@/opora", SuperURL: "postgres://s@/opora", Programs: "/usr/bin",
	}
	require.NoError(t, config.Instance{Address: "old"}.Write(dir))
	require.NoError(t, want.Write(dir))
	got, err := config.ReadInstance(dir)
	require.NoError(t, err)
	require.Equal(t, want, got)
	info, err := os.Stat(filepath.Join(dir, "opora.json"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.NoError(t, config.RemoveInstance(dir))
	_, err = config.ReadInstance(dir)
	require.ErrorIs(t, err, os.ErrNotExist)
}
