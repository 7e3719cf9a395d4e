package desk

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

func TestARefusalNamesItsFindings(t *testing.T) {
	t.Parallel()
	err := refusedFor([]api.Finding{{File: "rules/a/form.yaml", Line: 7, Column: 3, Code: "unknown_field", Msg: "no field /x"}})
	var e *errs.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "release_refused", e.Code)
	require.Len(t, e.Fields, 1)
	require.Equal(t, "/rules/a/form.yaml:7", e.Fields[0].Pointer)
	require.Equal(t, "no field /x", e.Fields[0].In("ru"))
}
