package httpapi

import (
	"context"

	"github.com/opora-desk/opora/core/desk"
)

func (s *server) operatorTenants(ctx context.Context, _ *call, _ *nothing) (*items[desk.TenantSummary], error) {
	tenants, err := s.desk.Tenants(ctx)
	return listed(desk.Page[desk.TenantSummary]{Items: tenants}, err)
}

type createTenantRequest struct {
	Body Payload[tenantBody]
}

type tenantBody struct {
	Slug  string   `json:"slug" maxLength:"64"`
	Title textBody `json:"title"`
	Quota int64    `json:"quota,omitempty" doc:"Bytes of files; 10 GiB by default"`
}

func (s *server) operatorCreateTenant(ctx context.Context, c *call, in *createTenantRequest) (*answer[desk.TenantSummary], error) {
	b := in.Body.value
	return answered(s.desk.OpenTenant(ctx, c.operator, desk.TenantInput{Slug: b.Slug, Title: b.Title.text(), Quota: b.Quota}))
}

type changeTenantRequest struct {
	InTenant
	Body Payload[tenantPatch]
}

type tenantPatch struct {
	Title *textBody     `json:"title,omitempty"`
	Quota Member[int64] `json:"quota,omitempty" doc:"Bytes of files"`
}

func (s *server) operatorChangeTenant(ctx context.Context, c *call, in *changeTenantRequest) (*answer[desk.TenantSummary], error) {
	patch := desk.TenantPatch{}
	if t := in.Body.value.Title; t != nil {
		title := t.text()
		patch.Title = &title
	}
	if q := in.Body.value.Quota; q.Set && !q.Null {
		patch.Quota = &q.Value
	}
	return answered(s.desk.ChangeTenant(ctx, c.operator, in.Tenant, patch))
}

type createDeskRequest struct {
	InTenant
	Body Payload[deskBody]
}

type deskBody struct {
	Slug   string   `json:"slug" maxLength:"64"`
	System string   `json:"system" maxLength:"64" doc:"Key of a system with an active release"`
	Title  textBody `json:"title,omitempty" doc:"The system's by default"`
	Prefix string   `json:"prefix,omitempty" maxLength:"64" doc:"Made from the slug by default"`
}

func (s *server) operatorCreateDesk(ctx context.Context, c *call, in *createDeskRequest) (*answer[desk.DeskSummary], error) {
	b := in.Body.value
	return answered(s.desk.OpenDesk(ctx, c.operator, in.Tenant, desk.DeskInput{Slug: b.Slug, System: b.System, Title: b.Title.text(), Prefix: b.Prefix}))
}

type createUserRequest struct {
	InTenant
	Body Payload[userBody]
}

type userBody struct {
	Email         string `json:"email" maxLength:"254" doc:"To sign in with"`
	Name          string `json:"name" maxLength:"300"`
	Desk          string `json:"desk,omitempty" maxLength:"64"`
	Line          string `json:"line,omitempty" maxLength:"64"`
	Administrator bool   `json:"administrator,omitempty"`
	Password      string `json:"password,omitempty" maxLength:"1000" doc:"One is made by default"`
}

func (s *server) operatorCreatePerson(ctx context.Context, c *call, in *createUserRequest) (*answer[desk.PersonCard], error) {
	b := in.Body.value
	input := desk.UserInput{Email: b.Email, Name: b.Name, Password: b.Password}
	if b.Desk != "" || b.Line != "" || b.Administrator {
		input.Memberships = []desk.MembershipInput{{Desk: b.Desk, Line: b.Line, Administrator: b.Administrator}}
	}
	return answered(s.desk.OpenUser(ctx, c.operator, in.Tenant, input))
}
