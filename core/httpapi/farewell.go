package httpapi

import "sync"

// farewell tells the live screens of this node that their session has ended; those of other nodes find
// it out when they look at it again. It is safe for concurrent use.
type farewell struct {
	mu sync.Mutex
	by map[string]map[chan struct{}]struct{}
}

func newFarewell() *farewell { return &farewell{by: map[string]map[chan struct{}]struct{}{}} }

// wait returns a channel that is closed when the session of this digest ends, until the function is
// called.
func (f *farewell) wait(session []byte) (<-chan struct{}, func()) {
	key, ended := string(session), make(chan struct{})
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.by[key] == nil {
		f.by[key] = map[chan struct{}]struct{}{}
	}
	f.by[key][ended] = struct{}{}
	return ended, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if delete(f.by[key], ended); len(f.by[key]) == 0 {
			delete(f.by, key)
		}
	}
}

// say ends the screens of a session.
func (f *farewell) say(session []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ended := range f.by[string(session)] {
		close(ended)
	}
	delete(f.by, string(session))
}
