package person_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	id, now := ident.New(), time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	var p person.Places
	require.False(t, p.Know(id, "a", now))
	_, differ := p.With(id, "", now)
	require.False(t, differ, "no address is no place")
	p, differ = p.With(id, "a", now)
	require.True(t, differ)
	require.True(t, p.Know(id, "a", now))
	require.False(t, p.Know(ident.New(), "a", now), "of one person alone")
	_, differ = p.With(id, "a", now.Add(time.Hour))
	require.False(t, differ, "not written at each sign-in")
	require.True(t, p.Know(id, "a", now.AddDate(0, 0, 29)))
	require.False(t, p.Know(id, "a", now.AddDate(0, 0, 30)))

	for i := range 25 {
		p, _ = p.With(id, fmt.Sprint(i), now.Add(time.Duration(i+1)*time.Minute))
	}
	require.Len(t, p, 20)
	require.False(t, p.Know(id, "4", now.Add(time.Hour)), "the oldest goes")
	require.True(t, p.Know(id, "5", now.Add(time.Hour)))
	p, _ = p.With(id, "late", now.AddDate(0, 0, 60))
	require.Len(t, p, 1, "what is too old is not kept")
}
