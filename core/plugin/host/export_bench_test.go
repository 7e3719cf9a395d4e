package host

import wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"

// Remote returns the connection to the process that serves a system now, past everything that the
// host puts before a call.
func Remote(c *Caller) *wirev1.Client {
	c.system.mu.Lock()
	defer c.system.mu.Unlock()
	return c.system.active.remote
}
