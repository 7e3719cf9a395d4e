package httpapi

import (
	"context"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
)

func (s *server) listMembers(ctx context.Context, c *call, in *InDesk) (*items[desk.MemberView], error) {
	return listed(s.desk.Members(ctx, c.actor, in.Desk))
}

// InMember is a request about a person of a desk.
type InMember struct {
	InDesk
	ID string `path:"id" doc:"Id of the person" format:"uuid"`
}

type memberRequest struct {
	InMember
	Body Payload[memberBody]
}

type memberBody struct {
	Line          string `json:"line,omitempty" maxLength:"64" doc:"Empty for who is no agent"`
	Administrator bool   `json:"administrator,omitempty"`
}

func (s *server) setMember(ctx context.Context, c *call, in *memberRequest) (*answer[desk.MemberView], error) {
	id, err := personID(in.ID)
	if err != nil {
		return nil, err
	}
	return answered(s.desk.SetMember(ctx, c.actor, in.Desk, id, desk.MemberInput(in.Body.value)))
}

func (s *server) removeMember(ctx context.Context, c *call, in *InMember) (*nothing, error) {
	id, err := personID(in.ID)
	if err == nil {
		err = s.desk.RemoveMember(ctx, c.actor, in.Desk, id)
	}
	if err != nil {
		return nil, err
	}
	return &nothing{}, nil
}

func personID(text string) (ident.ID, error) {
	id, err := ident.Parse(text)
	if err != nil {
		return ident.Nil, errs.New(errs.NotFound, "person_not_found", "not an id")
	}
	return id, nil
}

type createPersonRequest struct {
	InTenant
	Body Payload[personBody]
}

type personBody struct {
	Name         string            `json:"name" maxLength:"300"`
	Email        string            `json:"email,omitempty" maxLength:"254"`
	Phone        string            `json:"phone,omitempty" maxLength:"64"`
	Position     string            `json:"position,omitempty" maxLength:"300"`
	Kind         string            `json:"kind,omitempty" enum:"staff,citizen" doc:"staff by default"`
	Organisation *organisationBody `json:"organisation,omitempty"`
	Login        bool              `json:"login,omitempty" doc:"Signs in with the e-mail address"`
	Password     string            `json:"password,omitempty" maxLength:"1000" doc:"With login; one is made by default"`
}

type organisationBody struct {
	INN  string `json:"inn,omitempty" maxLength:"12"`
	Name string `json:"name,omitempty" maxLength:"500"`
}

func (s *server) createPerson(ctx context.Context, c *call, in *createPersonRequest) (*answer[desk.PersonCard], error) {
	b := in.Body.value
	input := desk.PersonInput{
		Name: b.Name, Email: b.Email, Phone: b.Phone, Position: b.Position, Kind: b.Kind, Login: b.Login, Password: b.Password,
	}
	if b.Organisation != nil {
		input.INN, input.Organisation = b.Organisation.INN, b.Organisation.Name
	}
	return answered(s.desk.CreatePerson(ctx, c.actor, input))
}

func (s *server) getPerson(ctx context.Context, c *call, in *InPerson) (*answer[desk.PersonCard], error) {
	id, err := personID(in.ID)
	if err != nil {
		return nil, err
	}
	return answered(s.desk.Person(ctx, c.actor, id))
}

type changePersonRequest struct {
	InPerson
	Body Payload[personPatch]
}

type personPatch struct {
	Name         Member[string]           `json:"name,omitempty" maxLength:"300"`
	Email        Member[string]           `json:"email,omitempty" maxLength:"254"`
	Phone        Member[string]           `json:"phone,omitempty" maxLength:"64"`
	Position     Member[string]           `json:"position,omitempty" maxLength:"300"`
	Kind         Member[string]           `json:"kind,omitempty" enum:"staff,citizen"`
	Organisation Member[organisationBody] `json:"organisation,omitempty" doc:"null for none"`
	Login        Member[bool]             `json:"login,omitempty"`
}

// given is a member that is there, nil for one that is not; null is the empty text.
func given(m Member[string]) *string {
	if !m.Set {
		return nil
	}
	return &m.Value
}

func (s *server) changePerson(ctx context.Context, c *call, in *changePersonRequest) (*answer[desk.PersonCard], error) {
	id, err := personID(in.ID)
	if err != nil {
		return nil, err
	}
	b := in.Body.value
	patch := desk.PersonPatch{
		Name: given(b.Name), Email: given(b.Email), Phone: given(b.Phone), Position: given(b.Position), Kind: given(b.Kind),
	}
	if b.Organisation.Set {
		patch.Organisation = &desk.OrganisationInput{INN: b.Organisation.Value.INN, Name: b.Organisation.Value.Name}
	}
	if b.Login.Set {
		patch.Login = &b.Login.Value
	}
	return answered(s.desk.ChangePerson(ctx, c.actor, id, patch))
}

type passwordRequest struct {
	InPerson
	Body Payload[passwordBody]
}

type passwordBody struct {
	Password string `json:"password,omitempty" maxLength:"1000"`
}

func (s *server) setPassword(ctx context.Context, c *call, in *passwordRequest) (*answer[desk.PasswordView], error) {
	id, err := personID(in.ID)
	if err != nil {
		return nil, err
	}
	return answered(s.desk.SetPassword(ctx, c.actor, id, in.Body.value.Password))
}
