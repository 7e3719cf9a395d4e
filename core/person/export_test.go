package person

// Occupy takes one slot of a Hasher until the returned function is called.
func Occupy(h *Hasher) func() {
	h.slots <- struct{}{}
	return h.leave
}
