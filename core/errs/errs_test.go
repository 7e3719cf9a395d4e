package errs_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
)

func TestErrorIsMatchedByItsCode(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	err := fmt.Errorf("submit ticket: %w", errs.Wrap(errs.NotFound, "desk_not_found", cause))
	require.ErrorIs(t, err, cause)
	require.ErrorIs(t, err, errs.New(errs.NotFound, "desk_not_found", "another message"))
	require.NotErrorIs(t, err, errs.New(errs.NotFound, "form_not_found", ""))
	require.NotErrorIs(t, err, errs.New(errs.Forbidden, "desk_not_found", ""), "a code of another kind is another code")
	require.Equal(t, errs.NotFound, errs.KindOf(err))
	require.Equal(t, "desk_not_found", errs.CodeOf(err))
	require.Equal(t, "submit ticket: desk_not_found: cause", err.Error())
	require.Equal(t, "x: said: cause", (&errs.Error{Code: "x", Msg: "said", Err: cause}).Error())
}

func TestUnknownErrorsAreDefects(t *testing.T) {
	t.Parallel()
	require.Equal(t, errs.Internal, errs.KindOf(errors.New("plain")))
	require.Equal(t, "internal", errs.CodeOf(errors.New("plain")))
	require.Equal(t, errs.Internal, errs.KindOf(nil))
	var zero errs.Kind
	require.Equal(t, errs.Internal, zero, "a forgotten kind is a defect and not an answer")
}

func TestTheInnermostMeaningIsNotLost(t *testing.T) {
	t.Parallel()
	inner := errs.New(errs.Limited, "too_many_requests", "")
	outer := errs.Wrap(errs.Unavailable, "busy", inner)
	require.Equal(t, "busy", errs.CodeOf(outer))
	require.ErrorIs(t, outer, inner)
}

func TestWithLeavesTheOriginal(t *testing.T) {
	t.Parallel()
	shared := errs.New(errs.Invalid, "too_many_attachments", "")
	first := shared.With("limit", 3)
	second := first.With("limit", 5).With("more", true)
	require.Nil(t, shared.Args)
	require.Equal(t, map[string]any{"limit": 3}, first.Args)
	require.Equal(t, map[string]any{"limit": 5, "more": true}, second.Args)
	require.ErrorIs(t, second, shared)
	require.Contains(t, first.In(i18n.EN), "at most 3.")
	require.Contains(t, second.In(i18n.RU), "не больше 5.")
}

func TestTextOfADeclarationComesFirst(t *testing.T) {
	t.Parallel()
	own := i18n.Text{RU: "сказано правилом", EN: "said by a rule"}
	err := &errs.Error{Kind: errs.Conflict, Code: "transition_denied", Text: own}
	require.Equal(t, own.RU, err.In(i18n.RU))
	problem := errs.Problem{Pointer: "/a", Code: "required", Text: own}
	require.Equal(t, own.EN, problem.In(i18n.EN))
	problem.Text = i18n.Text{}
	require.Equal(t, i18n.Message(i18n.RU, "problem.required", nil), problem.In(i18n.RU))
	require.NotEqual(t, "problem.required", problem.In(i18n.RU))
}

func TestProblems(t *testing.T) {
	t.Parallel()
	fields := []errs.Problem{{Pointer: "/a", Code: "required"}}
	err := errs.Problems(fields)
	require.Equal(t, errs.Invalid, err.Kind)
	require.Equal(t, "invalid_fields", err.Code)
	require.Equal(t, fields, err.Fields)
}
