package desk

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/tenant"
)

// CreateOperator makes an operator of the installation. Errors: Invalid (codes "bad_email",
// "bad_name", "password_length"), Conflict (code "operator_exists").
func (s *Service) CreateOperator(ctx context.Context, login, name, password string) error {
	o := tenant.Operator{ID: ident.New(), Login: loginOf(login), Name: oneLine(name), CreatedAt: s.clock.Now()}
	switch {
	case badEmail(o.Login):
		return errs.New(errs.Invalid, "bad_email", "address is not one of e-mail").At("/email")
	case o.Name == "" || utf8.RuneCountInString(o.Name) > maxTitle:
		return errs.New(errs.Invalid, "bad_name", "name is missing or too long").At("/name")
	}
	var err error
	if o.PasswordHash, err = s.doors.hasher.Hash(ctx, password); err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	if err := tenant.InsertOperator(ctx, s.db.Exempt(), o); err != nil {
		return fmt.Errorf("create operator: %w", err)
	}
	return nil
}

// operatorRealm counts wrong passwords of operators; a tenant's slug cannot be it.
const operatorRealm = "/operator"

// OperatorSignIn makes a session of an operator. From and errors: as SignIn.
func (s *Service) OperatorSignIn(ctx context.Context, login, password, from string) (ident.Token, time.Time, error) {
	login = loginOf(login)
	var found tenant.Operator
	var places person.Places
	if err := s.doors.admit(ctx, attempt{realm: operatorRealm, login: login, from: from}, password, func() (visitor, error) {
		var err error
		if found, err = tenant.OperatorByLogin(ctx, s.db.Exempt(), login); err == nil {
			places, err = tenant.OperatorSignedInFrom(ctx, s.db.Exempt(), found.ID)
		}
		return visitor{hash: found.PasswordHash, known: places.Know(found.ID, from, s.clock.Now())}, err
	}); err != nil {
		return "", time.Time{}, fmt.Errorf("sign operator in: %w", err)
	}
	now, token := s.clock.Now(), ident.NewToken()
	if places, differ := places.With(found.ID, from, now); differ {
		if err := tenant.SetOperatorSignedInFrom(ctx, s.db.Exempt(), found.ID, places); err != nil {
			return "", time.Time{}, fmt.Errorf("note operator's place: %w", err)
		}
	}
	session := tenant.OperatorSession{Digest: token.Digest(), Operator: found.ID, CreatedAt: now, ExpiresAt: now.Add(sessionFor)}
	if err := tenant.InsertOperatorSession(ctx, s.db.Exempt(), session); err != nil {
		return "", time.Time{}, fmt.Errorf("keep operator's session: %w", err)
	}
	return token, session.ExpiresAt, nil
}

// OperatorAuthenticate finds the operator who bears a token. Errors: Unauthenticated (code
// "session_invalid").
func (s *Service) OperatorAuthenticate(ctx context.Context, token ident.Token) (tenant.Operator, error) {
	o, err := tenant.OperatorByDigest(ctx, s.db.Exempt(), token.Digest(), s.clock.Now())
	if errs.KindOf(err) == errs.NotFound {
		return tenant.Operator{}, errSessionInvalid
	}
	if err != nil {
		return tenant.Operator{}, fmt.Errorf("authenticate operator: %w", err)
	}
	return o, nil
}
