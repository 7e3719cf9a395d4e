package desk

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// HookEvent is an event as the plugin of its system gets it: keys and identifiers, no texts.
type HookEvent struct {
	System string
	Call   api.Call
	Event  api.Event
}

// HandlesEvents reports whether the active release of any desk's system declares the hook
// handle_events. Called by core/job alone.
func (s *Service) HandlesEvents() bool {
	for _, shelf := range s.registry.all.Load().byID {
		for _, snap := range shelf.order {
			if _, ok := snap.Declaration().Hook(api.HookHandleEvents); ok {
				return true
			}
		}
	}
	return false
}

// HookEvent reads an event for its system's plugin; false where the active release does not declare
// the hook. Called by core/job alone.
func (s *Service) HookEvent(ctx context.Context, tenantID, ticketID ident.ID, seq int64) (HookEvent, bool, error) {
	var t *ticket.Ticket
	var events []ticket.Event
	err := s.db.InTx(ctx, tenantID, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if t, err = ticket.ByID(ctx, tx, tenantID, ticketID); err != nil {
			return err
		}
		events, err = ticket.Events(ctx, tx, tenantID, ticketID, seq-1, 1)
		return err
	})
	if errs.CodeOf(err) == errs.CodeOf(ticket.ErrNotFound) {
		return HookEvent{}, false, nil
	}
	if err != nil {
		return HookEvent{}, false, fmt.Errorf("read event: %w", err)
	}
	if len(events) == 0 || events[0].Seq != seq {
		return HookEvent{}, false, nil
	}
	snap, ok := s.registry.Desk(tenantID, t.Desk)
	if !ok {
		return HookEvent{}, false, errUnsupported
	}
	if _, ok := snap.Declaration().Hook(api.HookHandleEvents); !ok {
		return HookEvent{}, false, nil
	}
	data, err := json.Marshal(events[0].Data)
	if err != nil {
		return HookEvent{}, false, fmt.Errorf("write event: %w", err)
	}
	return HookEvent{
		System: snap.Desk.System,
		Call:   api.Call{Tenant: snap.Tenant.Slug, Desk: snap.Desk.Slug, Locale: string(i18n.RU)},
		Event:  api.Event{Number: t.Number, Seq: seq, Kind: string(events[0].Kind), At: events[0].At, Data: data},
	}, true, nil
}
