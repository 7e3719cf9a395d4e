package person

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"github.com/opora-desk/opora/core/ident"
)

const (
	// placesFor is how long somebody is known at a place after he signed in there.
	placesFor = 30 * 24 * time.Hour
	// placesAnew is how old a success gets before it is written again: most sign-ins change no row.
	placesAnew = 24 * time.Hour
	maxPlaces  = 20
)

// Places are from where somebody signed in of late: digests of addresses with the time of the last
// success. There are at most 20.
type Places map[string]time.Time

// Know reports whether somebody signed in from an address within 30 days.
func (p Places) Know(id ident.ID, address string, now time.Time) bool {
	at, known := p[placeOf(id, address)]
	return known && now.Before(at.Add(placesFor))
}

// With returns the places after a success from an address, and whether they differ: what is too old, and
// the oldest of too many, is left out.
func (p Places) With(id ident.ID, address string, now time.Time) (Places, bool) {
	place := placeOf(id, address)
	if at, known := p[place]; address == "" || known && now.Before(at.Add(placesAnew)) {
		return p, false
	}
	out := maps.Clone(p)
	if out == nil {
		out = Places{}
	}
	maps.DeleteFunc(out, func(_ string, at time.Time) bool { return !now.Before(at.Add(placesFor)) })
	out[place] = now
	byAge := slices.SortedFunc(maps.Keys(out), func(x, y string) int { return out[y].Compare(out[x]) })
	for _, one := range byAge[min(maxPlaces, len(byAge)):] {
		delete(out, one)
	}
	return out, true
}

// placeOf is how an address is kept: nobody reads from a copy of the table where two people meet.
func placeOf(id ident.ID, address string) string {
	digest := sha256.Sum256(append(id[:], address...))
	return hex.EncodeToString(digest[:8])
}
