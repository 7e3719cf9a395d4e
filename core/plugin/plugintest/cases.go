package plugintest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
	wirev1 "github.com/opora-desk/opora/core/plugin/wire/v1"
	"github.com/opora-desk/opora/core/release"
)

// grace is how long after its deadline a call may return: enough for a busy machine.
const grace = 2 * time.Second

type testCase struct {
	name string
	run  func(t T, tr *trial)
}

func cases() []testCase {
	return []testCase{
		{"the declaration can be registered", canBeRegistered},
		{"describe is pure: twice the same, before and after calls", describeIsPure},
		{"the digest is that of the declared files", digestIsTheFiles},
		{"a hook that is not declared is not answered", undeclaredIsNotAnswered},
		{"every declared hook answers within its deadline", declaredAnswer},
		{"a call returns soon after its deadline", returnsAfterDeadline},
		{"letters become declared forms with fields that are an object", lettersBecomeForms},
		{"every event of a batch has an outcome, and a repeat the same", repeatsHaveOneOutcome},
		{"two tenants are not mixed", tenantsAreNotMixed},
		{"a hundred calls at once are answered", manyAtOnce},
		{"drain lets calls in flight finish and ends the rest", drainFinishes},
	}
}

func canBeRegistered(t T, tr *trial) {
	_, findings := release.Check(tr.open(t, tr.subject.Desks).bundle(t))
	require.NoError(t, release.Error(findings))
}

func describeIsPure(t T, tr *trial) {
	on := tr.open(t, tr.subject.Desks)
	first := on.bundle(t)
	for _, c := range tr.calls(true) {
		_, _ = c.do(t.Context(), on, tr.call(tr.subject.Desks[0]))
	}
	require.Equal(t, first, on.bundle(t))
}

func digestIsTheFiles(t T, tr *trial) {
	local := tr.local(t)
	bundle := tr.open(t, tr.subject.Desks).bundle(t)
	require.NoError(t, bundle.Check())
	require.Equal(t, local.Digest(), bundle.Digest())
	require.Equal(t, local.Names(), bundle.Names())
}

func undeclaredIsNotAnswered(t T, tr *trial) {
	on := tr.open(t, tr.subject.Desks)
	for _, c := range tr.calls(false) {
		if _, ok := tr.declared.Hook(c.hook); ok {
			continue
		}
		_, err := c.do(t.Context(), on, tr.call(tr.subject.Desks[0]))
		require.Equal(t, errs.NotFound, errs.KindOf(err), c.hook)
	}
}

func declaredAnswer(t T, tr *trial) {
	on := tr.open(t, tr.subject.Desks)
	for _, c := range tr.calls(true) {
		hook, _ := tr.declared.Hook(c.hook)
		bounded, cancel := context.WithTimeout(t.Context(), time.Duration(hook.DeadlineMS)*time.Millisecond+grace)
		_, err := c.do(bounded, on, tr.call(tr.subject.Desks[0]))
		cancel()
		if err != nil {
			// A plugin may say that its outside system is away; being late or broken is another thing.
			require.NotContains(t, []string{wirev1.CodeDeadline, wirev1.CodeFailed}, errs.CodeOf(err), c.hook)
			require.NotErrorIs(t, err, context.DeadlineExceeded, c.hook)
			require.Contains(t, []errs.Kind{errs.Unavailable, errs.Limited, errs.NotFound, errs.Invalid, errs.Conflict}, errs.KindOf(err), "%s: %v", c.hook, err)
		}
	}
}

func returnsAfterDeadline(t T, tr *trial) {
	on := tr.open(t, tr.subject.Desks)
	for _, c := range tr.calls(true) {
		bounded, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		started := clock.System{}.Now()
		_, _ = c.do(bounded, on, tr.call(tr.subject.Desks[0]))
		cancel()
		require.Less(t, clock.System{}.Now().Sub(started), grace, c.hook)
	}
}

func lettersBecomeForms(t T, tr *trial) {
	if _, ok := tr.declared.Hook(api.HookReadLetter); !ok {
		return
	}
	on := tr.open(t, tr.subject.Desks)
	for _, letter := range tr.subject.Letters {
		read, err := on.ReadLetter(t.Context(), tr.call(tr.subject.Desks[0]), letter)
		require.NoError(t, err)
		form, ok := tr.declared.Form(read.Form)
		require.True(t, ok, "form %q is not declared", read.Form)
		require.True(t, slices.Contains(form.Channels, api.Mail), "form %q does not take mail", read.Form)
		if len(read.Fields) > 0 {
			var fields map[string]any
			require.NoError(t, json.Unmarshal(read.Fields, &fields))
		}
	}
}

func repeatsHaveOneOutcome(t T, tr *trial) {
	if _, ok := tr.declared.Hook(api.HookHandleEvents); !ok {
		return
	}
	on := tr.open(t, tr.subject.Desks)
	events := []api.Event{{Key: "k1", Number: "A-18", Seq: 1, Kind: "submitted"}, {Key: "k2", Number: "A-18", Seq: 2, Kind: "commented"}}
	first, err := on.HandleEvents(t.Context(), tr.call(tr.subject.Desks[0]), events)
	require.NoError(t, err)
	require.Len(t, first, len(events))
	for i, result := range first {
		require.Equal(t, events[i].Key, result.Key)
	}
	second, err := on.HandleEvents(t.Context(), tr.call(tr.subject.Desks[0]), events)
	require.NoError(t, err)
	require.Equal(t, first, second)
}

// outcome is what a call gave, so that two can be compared.
func outcome(ctx context.Context, c named, on hooks, call api.Call) string {
	answer, err := c.do(ctx, on, call)
	if err != nil {
		return "error: " + errs.CodeOf(err)
	}
	raw, err := json.Marshal(answer)
	return fmt.Sprintf("%s %v", raw, err)
}

func tenantsAreNotMixed(t T, tr *trial) {
	alone := map[string][]string{}
	for _, desk := range tr.subject.Desks {
		on := tr.open(t, []api.DeskConfig{desk})
		for _, c := range tr.calls(true) {
			alone[desk.Tenant] = append(alone[desk.Tenant], outcome(t.Context(), c, on, tr.call(desk)))
		}
	}
	on := tr.open(t, tr.subject.Desks)
	var running sync.WaitGroup
	for range 4 {
		for _, desk := range tr.subject.Desks {
			running.Go(func() {
				var together []string
				for _, c := range tr.calls(true) {
					together = append(together, outcome(t.Context(), c, on, tr.call(desk)))
				}
				if !slices.Equal(alone[desk.Tenant], together) {
					t.Errorf("%s alone: %v, together with others: %v", desk.Tenant, alone[desk.Tenant], together)
				}
			})
		}
	}
	running.Wait()
}

func manyAtOnce(t T, tr *trial) {
	on := tr.open(t, tr.subject.Desks)
	var running sync.WaitGroup
	for i := range 100 {
		desk := tr.subject.Desks[i%len(tr.subject.Desks)]
		for _, c := range tr.calls(true) {
			running.Go(func() {
				_, err := c.do(t.Context(), on, tr.call(desk))
				if err != nil && errs.KindOf(err) == errs.Internal {
					t.Errorf("%s: %v", c.hook, err)
				}
			})
		}
	}
	running.Wait()
}

func drainFinishes(t T, tr *trial) {
	on := tr.open(t, tr.subject.Desks)
	var running sync.WaitGroup
	for range 8 {
		for _, c := range tr.calls(true) {
			running.Go(func() {
				_, err := c.do(t.Context(), on, tr.call(tr.subject.Desks[0]))
				if err != nil && errs.KindOf(err) == errs.Internal {
					t.Errorf("%s while draining: %v", c.hook, err)
				}
			})
		}
	}
	on.drain(t)
	running.Wait()
}
