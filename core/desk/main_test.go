package desk_test

import (
	"bytes"
	"fmt"
	"image"
	imagepng "image/png"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/ident"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func ids(all ...ident.ID) []ident.ID { return all }

// pngReader is a small real image.
func pngReader() io.Reader {
	var out bytes.Buffer
	_ = imagepng.Encode(&out, image.NewGray(image.Rect(0, 0, 4, 4)))
	return &out
}

// coretestOther is a person of another tenant.
func coretestOther(t *testing.T, s *coretest.Stage) ident.ID {
	t.Helper()
	return s.World.AddStage("elsewhere").Owner.Person.ID
}

// dump is every row of the stage's tenant in every table, as text.
func dump(t *testing.T, s *coretest.Stage) string {
	t.Helper()
	conn := s.DB.Super(t)
	rows, err := conn.Query(t.Context(), `select table_name::text from information_schema.columns where table_schema = 'public' and column_name = 'tenant_id'`)
	require.NoError(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(t, err)
	var out strings.Builder
	for _, table := range tables {
		rows, err := conn.Query(t.Context(), fmt.Sprintf(`select r::text from %s r where tenant_id = $1`, pgx.Identifier{table}.Sanitize()), s.Tenant.ID)
		require.NoError(t, err)
		all, err := pgx.CollectRows(rows, pgx.RowTo[string])
		require.NoError(t, err)
		out.WriteString(strings.Join(all, "\n"))
	}
	return out.String()
}

// hooked runs first before its first byte is read.
type hooked struct {
	io.Reader
	first func()
}

func (h *hooked) Read(p []byte) (int, error) {
	if h.first != nil {
		h.first()
		h.first = nil
	}
	return h.Reader.Read(p)
}
