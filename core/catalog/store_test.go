package catalog_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func release(system, version, digest string) catalog.Release {
	return catalog.Release{
		Digest: digest, System: system, Version: version, Title: i18n.Text{RU: "Имя", EN: "Name"}, RegisteredAt: at, State: catalog.StateRegistered,
		Files: map[string][]byte{"plugin.yaml": []byte("key: " + system + "\x00\xff")},
	}
}

func register(t *testing.T, d *dbtest.Database, r catalog.Release) {
	t.Helper()
	added, err := catalog.Register(t.Context(), d.Exempt(), r)
	require.NoError(t, err)
	require.True(t, added)
}

func epoch(t *testing.T, d *dbtest.Database) int64 {
	t.Helper()
	n, err := catalog.Epoch(t.Context(), d.Exempt())
	require.NoError(t, err)
	return n
}

func states(t *testing.T, d *dbtest.Database) map[string]catalog.State {
	t.Helper()
	all, err := catalog.All(t.Context(), d.Exempt())
	require.NoError(t, err)
	out := map[string]catalog.State{}
	for _, r := range all {
		require.Nil(t, r.Files, "a list has no files")
		out[r.Digest] = r.State
	}
	return out
}

func TestRegister(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	before := epoch(t, d)
	one := release("a", "1.0.0", "d1")
	register(t, d, one)
	require.Equal(t, before+1, epoch(t, d))
	found, err := catalog.ByDigest(t.Context(), d.Exempt(), "d1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(one, found), "the files come back byte for byte")

	added, err := catalog.Register(t.Context(), d.Exempt(), one)
	require.NoError(t, err)
	require.False(t, added, "the same digest changes nothing")
	require.Equal(t, before+1, epoch(t, d))

	_, err = catalog.Register(t.Context(), d.Exempt(), release("a", "1.0.0", "d2"))
	require.Equal(t, errs.Conflict, errs.KindOf(err))
	require.Equal(t, "release_version_taken", errs.CodeOf(err))
	register(t, d, release("b", "1.0.0", "d3"))
	_, err = catalog.ByDigest(t.Context(), d.Exempt(), "absent")
	require.Equal(t, "release_not_found", errs.CodeOf(err))
}

func TestActivate(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	for _, r := range []catalog.Release{release("a", "1.0.0", "a1"), release("a", "1.1.0", "a2"), release("a", "1.2.0", "a3"), release("b", "1.0.0", "b1")} {
		register(t, d, r)
	}
	_, err := catalog.ActiveOf(t.Context(), d.Exempt(), "a")
	require.Equal(t, "system_not_found", errs.CodeOf(err))
	require.Equal(t, "release_not_found", errs.CodeOf(catalog.Activate(t.Context(), d.Exempt(), "absent", at)))
	for _, step := range []struct {
		digest string
		want   map[string]catalog.State
	}{
		{"b1", map[string]catalog.State{"a1": "registered", "a2": "registered", "a3": "registered", "b1": "active"}},
		{"a1", map[string]catalog.State{"a1": "active", "a2": "registered", "a3": "registered", "b1": "active"}},
		{"a2", map[string]catalog.State{"a1": "previous", "a2": "active", "a3": "registered", "b1": "active"}},
		{"a3", map[string]catalog.State{"a1": "registered", "a2": "previous", "a3": "active", "b1": "active"}},
		{"a2", map[string]catalog.State{"a1": "registered", "a2": "active", "a3": "previous", "b1": "active"}},
	} {
		before := epoch(t, d)
		require.NoError(t, catalog.Activate(t.Context(), d.Exempt(), step.digest, at))
		require.Equal(t, step.want, states(t, d), step.digest)
		require.Equal(t, before+1, epoch(t, d))
	}
	before := epoch(t, d)
	require.NoError(t, catalog.Activate(t.Context(), d.Exempt(), "a2", at))
	require.Equal(t, before, epoch(t, d), "activating the active one changes nothing")
	active, err := catalog.Active(t.Context(), d.Exempt())
	require.NoError(t, err)
	require.Len(t, active, 2)
	require.Equal(t, "a2", active[0].Digest)
	require.Empty(t, cmp.Diff(&at, active[0].ActivatedAt))
	require.NotEmpty(t, active[0].Files)
}

func TestActivateAtOnce(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	digests := strings.Fields("a1 a2 a3 a4 a5 a6")
	for i, digest := range digests {
		register(t, d, release("a", "1.0."+digest[1:], digest))
		require.NoError(t, catalog.Activate(t.Context(), d.Exempt(), digests[i], at))
	}
	failed := make([]error, len(digests))
	var group sync.WaitGroup
	for i, digest := range digests {
		group.Go(func() { failed[i] = catalog.Activate(t.Context(), d.Exempt(), digest, at) })
	}
	group.Wait()
	for _, err := range failed {
		require.NoError(t, err)
	}
	count := map[catalog.State]int{}
	for _, state := range states(t, d) {
		count[state]++
	}
	require.Equal(t, map[catalog.State]int{catalog.StateActive: 1, catalog.StatePrevious: 1, catalog.StateRegistered: 4}, count)
}

func TestBuilds(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	register(t, d, release("a", "1.0.0", "a1"))
	register(t, d, release("a", "1.1.0", "a2"))
	build := catalog.Build{SHA256: "s1", Release: "a1", Path: "/x", RegisteredAt: at}
	require.NoError(t, catalog.AddBuild(t.Context(), d.Exempt(), build))
	build.Path = "/y"
	require.NoError(t, catalog.AddBuild(t.Context(), d.Exempt(), build))
	all, err := catalog.Builds(t.Context(), d.Exempt())
	require.NoError(t, err)
	require.Empty(t, cmp.Diff([]catalog.Build{build}, all))
	build.Release = "a2"
	require.Equal(t, "build_of_other_release", errs.CodeOf(catalog.AddBuild(t.Context(), d.Exempt(), build)))
	require.Equal(t, "release_not_found", errs.CodeOf(catalog.AddBuild(t.Context(), d.Exempt(), catalog.Build{SHA256: "s2", Release: "absent", RegisteredAt: at})))
}
