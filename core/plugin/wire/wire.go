// Package wire is the handshake that a plugin and its host share: the one go-plugin entry, the cookie
// and the names of the environment. What travels afterwards is in wire/v1.
//
// Invariants:
//  1. ProtocolVersion is the major version of the protocol: a new one is a new package beside v1.
package wire

import (
	"context"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"
)

// ProtocolVersion is the version that go-plugin negotiates.
const ProtocolVersion = 1

// The cookie tells a plugin that a host started it. It is a courtesy, not a secret.
const (
	MagicCookieKey   = "OPORA_PLUGIN"
	MagicCookieValue = "5f6d2c1e-opora"
)

// EnvHostPID carries the process id of the host, so that a plugin whose host died while it was being
// started notices.
const EnvHostPID = "OPORA_HOST_PID"

// entry is the one name in go-plugin's set.
const entry = "system"

// Handshake returns go-plugin's handshake.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{MagicCookieKey: MagicCookieKey, MagicCookieValue: MagicCookieValue}
}

// Plugins returns the set that holds the one service; server is nil on the host's side.
func Plugins(server *wirev1.Server) plugin.PluginSet {
	return plugin.PluginSet{entry: &adapter{server: server}}
}

type adapter struct {
	plugin.NetRPCUnsupportedPlugin
	server *wirev1.Server
}

// GRPCServer registers the service.
func (a *adapter) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	wirev1.RegisterSystemServer(s, a.server)
	return nil
}

// GRPCClient returns the connection itself; the broker is not used.
func (a *adapter) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}
