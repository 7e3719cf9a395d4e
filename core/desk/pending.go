package desk

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

var errPending = errs.New(errs.Internal, "pending", "")

func (s *Service) Reload(ctx context.Context) error         { return errPending }
func (s *Service) Epoch(ctx context.Context) (int64, error) { return 0, errPending }
func (s *Service) Anonymous(ctx context.Context, tenantSlug string, l i18n.Lang) (Actor, error) {
	return Actor{}, errPending
}
func (s *Service) Authenticate(ctx context.Context, tenantSlug string, token ident.Token, l i18n.Lang) (Actor, error) {
	return Actor{}, errPending
}
func (s *Service) SignIn(ctx context.Context, tenantSlug, email, password string, l i18n.Lang) (SessionView, error) {
	return SessionView{}, errPending
}
func (s *Service) SignOut(ctx context.Context, a Actor) error             { return errPending }
func (s *Service) Me(a Actor) PersonView                                  { return PersonView{} }
func (s *Service) Desks(ctx context.Context, a Actor) ([]DeskView, error) { return nil, errPending }
func (s *Service) Desk(ctx context.Context, a Actor, slug string) (DeskView, error) {
	return DeskView{}, errPending
}
func (s *Service) Form(ctx context.Context, a Actor, desk, form string) (FormView, error) {
	return FormView{}, errPending
}
func (s *Service) Check(ctx context.Context, a Actor, desk, form string, fields json.RawMessage) (CheckView, error) {
	return CheckView{}, errPending
}
func (s *Service) Submit(ctx context.Context, a Actor, in SubmitInput) (TicketView, error) {
	return TicketView{}, errPending
}
func (s *Service) List(ctx context.Context, a Actor, in ListInput) (Page[ListItem], error) {
	return Page[ListItem]{}, errPending
}
func (s *Service) Ticket(ctx context.Context, a Actor, number string) (TicketView, error) {
	return TicketView{}, errPending
}
func (s *Service) Events(ctx context.Context, a Actor, number string, after int64, limit int) (Page[EventView], error) {
	return Page[EventView]{}, errPending
}
func (s *Service) MarkRead(ctx context.Context, a Actor, number string) error { return errPending }
func (s *Service) Duplicates(ctx context.Context, a Actor, number string) (Page[ListItem], error) {
	return Page[ListItem]{}, errPending
}
func (s *Service) Decisions(ctx context.Context, a Actor, number string) (Page[DecisionView], error) {
	return Page[DecisionView]{}, errPending
}
func (s *Service) Comment(ctx context.Context, a Actor, number string, in CommentInput) (EventView, error) {
	return EventView{}, errPending
}
func (s *Service) Transitions(ctx context.Context, a Actor, number string) (Page[TransitionView], error) {
	return Page[TransitionView]{}, errPending
}
func (s *Service) Transition(ctx context.Context, a Actor, number string, in TransitionInput) (TicketView, error) {
	return TicketView{}, errPending
}
func (s *Service) Patch(ctx context.Context, a Actor, number string, in PatchInput) (TicketView, error) {
	return TicketView{}, errPending
}
func (s *Service) Assign(ctx context.Context, a Actor, number string, assignee *ident.ID, version int64) (TicketView, error) {
	return TicketView{}, errPending
}
func (s *Service) HandOver(ctx context.Context, a Actor, number, line, note string, version int64) (TicketView, error) {
	return TicketView{}, errPending
}
func (s *Service) Upload(ctx context.Context, a Actor, desk, name string, r io.Reader) (AttachmentView, error) {
	return AttachmentView{}, errPending
}
func (s *Service) Attachment(ctx context.Context, a Actor, id ident.ID) (AttachmentView, io.ReadCloser, error) {
	return AttachmentView{}, nil, errPending
}
func (s *Service) MakeUploadLink(ctx context.Context, a Actor, number, note string) (UploadLinkView, error) {
	return UploadLinkView{}, errPending
}
func (s *Service) PutUpload(ctx context.Context, tenantSlug string, token ident.Token, name string, r io.Reader, l i18n.Lang) (AttachmentView, error) {
	return AttachmentView{}, errPending
}
func (s *Service) ErasePerson(ctx context.Context, a Actor, person ident.ID) error { return errPending }
func (s *Service) Visible(ctx context.Context, a Actor, e FeedEntry) (StreamView, bool) {
	return StreamView{}, false
}
func (s *Service) CreateTenant(ctx context.Context, in TenantInput) (tenant.Tenant, error) {
	return tenant.Tenant{}, errPending
}
func (s *Service) CreateDesk(ctx context.Context, tenantSlug string, in DeskInput) (tenant.Desk, error) {
	return tenant.Desk{}, errPending
}
func (s *Service) CreateUser(ctx context.Context, tenantSlug string, in UserInput) (person.Person, error) {
	return person.Person{}, errPending
}
func (s *Service) CreateOperator(ctx context.Context, login, name, password string) error {
	return errPending
}
func (s *Service) AddListValue(ctx context.Context, tenantSlug, desk string, v tenant.ListValue) error {
	return errPending
}
func (s *Service) OperatorSignIn(ctx context.Context, login, password string) (ident.Token, time.Time, error) {
	return "", time.Time{}, errPending
}
func (s *Service) OperatorAuthenticate(ctx context.Context, token ident.Token) (tenant.Operator, error) {
	return tenant.Operator{}, errPending
}
func (s *Service) Tenants(ctx context.Context) ([]TenantSummary, error) { return nil, errPending }
func (s *Service) RegisterRelease(ctx context.Context, b api.Bundle, build BuildInfo, dev bool) (ReleaseView, []api.Finding, error) {
	return ReleaseView{}, nil, errPending
}
func (s *Service) ActivateRelease(ctx context.Context, digest string) error { return errPending }
func (s *Service) Releases(ctx context.Context) ([]ReleaseView, error)      { return nil, errPending }
func (s *Service) VerifyTickets(ctx context.Context, report func(tenant, number, diff string)) (checked, bad int, err error) {
	return 0, 0, errPending
}
