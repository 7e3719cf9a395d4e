package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/plugin/host"
	"github.com/opora-desk/opora/core/plugin/wire"
	wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"
	"github.com/opora-desk/opora/core/release"
)

const (
	benchPartPlugin  = "plugin call"
	benchPluginCalls = 400 // of a round for each second of measurement
	benchStubFields  = `{"title":"Не сохраняется позиция плана-графика","description":"При сохранении позиции плана-графика система выдаёт ошибку 500."}`
)

// benchStub is a plugin with nothing around go-plugin: it answers every letter with the same fields.
type benchStub struct{}

type benchStubServer struct {
	wirev1.UnimplementedSystemServer
}

// ReadLetter answers at once.
func (benchStubServer) ReadLetter(context.Context, *wirev1.ReadLetterRequest) (*wirev1.ReadLetterResponse, error) {
	return &wirev1.ReadLetterResponse{Form: "request", FieldsJson: []byte(benchStubFields)}, nil
}

type benchStubPlugin struct {
	plugin.NetRPCUnsupportedPlugin
}

// GRPCServer registers the stub.
func (benchStubPlugin) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	wirev1.RegisterSystemServer(s, benchStubServer{})
	return nil
}

// GRPCClient returns the connection.
func (benchStubPlugin) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

const benchStubName = "stub"

// Run serves until the parent ends the process.
func (*benchStub) Run() error {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: wire.Handshake(), Plugins: plugin.PluginSet{benchStubName: benchStubPlugin{}}, GRPCServer: plugin.DefaultGRPCServer,
		Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Off, Output: io.Discard}),
	})
	return nil
}

// startStub starts a bare plugin as go-plugin's own host does.
func startStub(ctx context.Context) (*plugin.Client, wirev1.SystemClient, error) {
	command, err := benchSelf(context.WithoutCancel(ctx), "bench", "stub")
	if err != nil {
		return nil, nil, err
	}
	command.Cancel = nil
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: wire.Handshake(), Plugins: plugin.PluginSet{benchStubName: benchStubPlugin{}}, Cmd: command,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC}, AutoMTLS: true,
		Logger: hclog.New(&hclog.LoggerOptions{Level: hclog.Off, Output: io.Discard}),
	})
	protocol, err := client.Client()
	if err != nil {
		client.Kill()
		return nil, nil, fmt.Errorf("start bare plugin: %w", err)
	}
	raw, err := protocol.Dispense(benchStubName)
	if err != nil {
		client.Kill()
		return nil, nil, fmt.Errorf("reach bare plugin: %w", err)
	}
	conn, ok := raw.(*grpc.ClientConn)
	if !ok {
		client.Kill()
		return nil, nil, fmt.Errorf("reach bare plugin: a connection was expected, not %T", raw)
	}
	return client, wirev1.NewSystemClient(conn), nil
}

// memoryStub is the resident size of a bare plugin.
func (b *bench) memoryStub(ctx context.Context) (float64, error) {
	client, remote, err := startStub(ctx)
	if err != nil {
		return 0, err
	}
	defer client.Kill()
	if _, err := remote.ReadLetter(ctx, &wirev1.ReadLetterRequest{}); err != nil {
		return 0, fmt.Errorf("call bare plugin: %w", err)
	}
	b.settle(ctx, 1)
	reattach := client.ReattachConfig()
	if reattach == nil {
		return 0, nil
	}
	return benchResident(reattach.Pid), nil
}

// pluginCalls measures the hook of each shipped system that reads letters, beside the same call of a
// bare plugin. The ratio holds what the system's own code does with the letter, too.
func (b *bench) pluginCalls(ctx context.Context) (err error) {
	processes, err := host.New(host.Options{Dir: b.Plugins, Logger: slog.New(slog.DiscardHandler), Clock: clock.System{}})
	if err != nil {
		return err
	}
	defer func() { err = errOr(err, processes.Close(context.WithoutCancel(ctx))) }()
	files, err := processes.Scan()
	if err != nil {
		return err
	}
	client, bare, err := startStub(ctx)
	if err != nil {
		return err
	}
	defer client.Kill()
	for _, file := range files {
		if err := b.pluginCall(ctx, processes, bare, file); err != nil {
			return fmt.Errorf("plugin %s: %w", filepath.Base(file.Path), err)
		}
	}
	return nil
}

func (b *bench) pluginCall(ctx context.Context, processes *host.Host, bare wirev1.SystemClient, file host.File) error {
	probed, err := processes.Probe(ctx, file.Path)
	if err != nil {
		return err
	}
	declared, findings := release.Parse(probed.Bundle.Files[api.DeclarationFile])
	if len(findings) > 0 {
		return release.Error(findings)
	}
	if _, reads := declared.Hook(api.HookReadLetter); !reads {
		return nil
	}
	build := host.Build{System: declared.Key, Version: declared.Version, Path: file.Path, SHA256: file.SHA256, Digest: probed.Digest}
	if err := processes.Swap(ctx, build); err != nil {
		return err
	}
	caller, err := processes.System(declared.Key)
	if err != nil {
		return err
	}
	call := api.Call{RequestID: "bench", Tenant: "bench-1", Desk: "desk-1", Locale: "ru"}
	letter := benchLetter()
	times := max(20, int(b.Seconds*benchPluginCalls))
	request := &wirev1.ReadLetterRequest{
		Call: &wirev1.Call{RequestId: call.RequestID, Tenant: call.Tenant, Desk: call.Desk, Locale: call.Locale},
		From: letter.From, FromName: letter.FromName, To: letter.To, Subject: letter.Subject, Text: letter.Text,
	}
	limits, figures, err := b.rounds(func() (float64, error) {
		return b.benchTimes(ctx, times, func(ctx context.Context, _ int) error {
			_, err := bare.ReadLetter(ctx, request)
			return err
		})
	}, func() (float64, error) {
		return b.benchTimes(ctx, times, func(ctx context.Context, _ int) error {
			_, err := caller.ReadLetter(ctx, call, letter)
			return err
		})
	})
	if err != nil {
		return err
	}
	b.table.add(benchRow{
		section: benchPartPlugin, figure: declared.Key + " reads a letter", unit: "µs",
		ours: benchScale(figures, 1000), limit: benchScale(limits, 1000), limitIs: "bare go-plugin, a constant answer",
	})
	return nil
}

func benchScale(values []float64, by float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v * by
	}
	return out
}

func benchLetter() api.IncomingLetter {
	return api.IncomingLetter{
		From: "zakupki@shkola1.example", FromName: "Филиппова Надежда Ивановна", To: []string{"support@opora.example"},
		Subject: "[Планирование] Не сохраняется позиция плана-графика",
		Text: "Здравствуйте!\n\nПри сохранении позиции плана-графика система выдаёт ошибку 500. Ошибка повторяется в разных браузерах и у разных сотрудников отдела. " +
			"До обновления в понедельник всё сохранялось, очистка кэша не помогла.\n\nЧто сделано: открыли раздел «Планирование», выбрали позицию, нажали «Сохранить».\n" +
			"Что не удалось: позиция не сохраняется.\n\nС уважением,\nФилиппова Надежда Ивановна\nэкономист, МБОУ «Средняя школа № 1»\nтел. 8-3022-355002\n",
	}
}
