package telemetry_test

import (
	"bytes"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/telemetry"
)

func TestLoggerKeepsToItsLevelAndFormat(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, telemetry.JSON, "warn")
	require.NoError(t, err)
	log.InfoContext(t.Context(), "quiet")
	require.Empty(t, out.String())
	log.WarnContext(t.Context(), "loud")
	require.Contains(t, out.String(), `"msg":"loud"`)
	out.Reset()
	log, err = telemetry.NewLogger(&out, telemetry.Text, "debug")
	require.NoError(t, err)
	log.DebugContext(t.Context(), "lines")
	require.Contains(t, out.String(), "level=DEBUG msg=lines")
	_, err = telemetry.NewLogger(&out, telemetry.Text, "shout")
	require.Error(t, err)
}

func TestRegistryIsServed(t *testing.T) {
	t.Parallel()
	answer := httptest.NewRecorder()
	telemetry.Handler(telemetry.NewRegistry("1.2.3")).ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	require.Equal(t, 200, answer.Code)
	require.Contains(t, answer.Body.String(), `opora_build_info{version="1.2.3"} 1`)
	require.Contains(t, answer.Body.String(), "go_goroutines")
}
