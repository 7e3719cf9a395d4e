package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/audit"
	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

const (
	defaultQuota = 10 << 30
	maxTitle     = 300
	minPrefix    = 3
	maxPrefix    = 10
)

var (
	slugForm   = regexp.MustCompile(`^[a-z][a-z0-9-]{1,31}$`)
	prefixForm = regexp.MustCompile(`^[A-Z]{2,10}$`)
	domainForm = regexp.MustCompile(`^[\p{L}\p{N}]([\p{L}\p{N}.-]*[\p{L}\p{N}])?$`)
	valueForm  = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}@._+-]*$`)
)

// CreateTenant makes a tenant. Errors: Invalid (codes "bad_slug", "bad_title", "bad_quota"), Conflict
// (code "tenant_exists").
func (s *Service) CreateTenant(ctx context.Context, in TenantInput) (tenant.Tenant, error) {
	t := tenant.Tenant{ID: ident.New(), Slug: in.Slug, Title: in.Title, Quota: in.Quota, CreatedAt: s.clock.Now()}
	if t.Quota == 0 {
		t.Quota = defaultQuota
	}
	if err := together(
		unless(slugForm.MatchString(in.Slug), errBadSlug), unless(!badTitle(in.Title), errBadTitle), unless(t.Quota >= 0, errBadQuota),
	); err != nil {
		return tenant.Tenant{}, err
	}
	if err := s.configure(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		if err := tenant.Insert(ctx, tx, t); err != nil {
			return err
		}
		return s.recordOperator(ctx, tx, in.By, t.ID, entry{action: "tenant_created", object: t.Slug})
	}); err != nil {
		return tenant.Tenant{}, fmt.Errorf("create tenant: %w", err)
	}
	return t, nil
}

// CreateDesk makes a desk of a system whose release is active. Without a prefix the first letters of
// its slug that no other desk of the tenant has are taken. Errors: NotFound (codes "tenant_not_found",
// "system_not_found"), Invalid (codes "system_needed", "bad_slug", "bad_title", "bad_prefix", "bad_settings"), Conflict
// (codes "desk_exists", "prefix_taken").
func (s *Service) CreateDesk(ctx context.Context, tenantSlug string, in DeskInput) (tenant.Desk, error) {
	t, err := tenant.BySlug(ctx, s.db.Exempt(), tenantSlug)
	if err != nil {
		return tenant.Desk{}, fmt.Errorf("create desk: %w", err)
	}
	active, err := catalog.ActiveOf(ctx, s.db.Exempt(), in.System)
	unknown := (*errs.Error)(nil)
	switch {
	case in.System == "":
		unknown = errs.New(errs.Invalid, "system_needed", "no system is named").At("/system")
	case errors.As(err, &unknown) && unknown.Kind == errs.NotFound:
		unknown = unknown.At("/system")
	case err != nil:
		return tenant.Desk{}, fmt.Errorf("create desk: %w", err)
	}
	prefix := ident.FoldPrefix(in.Prefix)
	if err := together(
		unknown, unless(slugForm.MatchString(in.Slug), errBadSlug), unless(in.Title.IsZero() || !badTitle(in.Title), errBadTitle),
		unless(in.Prefix == "" || prefixForm.MatchString(prefix), errBadPrefix),
	); err != nil {
		return tenant.Desk{}, fmt.Errorf("create desk: %w", err)
	}
	system, err := s.registry.compile(active.Digest, active.Files)
	if err != nil {
		return tenant.Desk{}, fmt.Errorf("create desk: %w", err)
	}
	d := tenant.Desk{
		Tenant: t.ID, ID: ident.New(), Slug: in.Slug, System: in.System, Title: in.Title,
		Prefix: prefix, Settings: in.Settings, CreatedAt: s.clock.Now(), Version: 1,
	}
	if d.Title.IsZero() {
		d.Title = system.Declaration.Title
	}
	if err := checkSettings(system.Declaration, in.Settings); err != nil {
		return tenant.Desk{}, err
	}
	if err := checkPluginSettings(system, in.Settings.Plugin); err != nil {
		return tenant.Desk{}, err
	}
	if err := s.configure(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		others, err := tenant.Desks(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		if in.Prefix == "" {
			d.Prefix = freePrefix(d.Slug, d.System, others)
		}
		if err := tenant.InsertDesk(ctx, tx, t.ID, d); err != nil {
			return err
		}
		return s.recordOperator(ctx, tx, in.By, t.ID, entry{
			desk: &d.ID, action: "desk_created", object: d.Slug, data: map[string]any{"system": d.System, "prefix": d.Prefix},
		})
	}); err != nil {
		return tenant.Desk{}, fmt.Errorf("create desk: %w", err)
	}
	return d, nil
}

// freePrefix takes the first three letters of the slug, and more of them, then of the system, while
// another desk has the prefix.
func freePrefix(slug, system string, others []tenant.Desk) string {
	taken := make(map[string]bool, len(others))
	for _, d := range others {
		taken[d.Prefix] = true
	}
	last := ""
	for _, name := range []string{slug, system, slug + system, "desk"} {
		letters := strings.Map(func(r rune) rune {
			if r < 'a' || r > 'z' {
				return -1
			}
			return r - 'a' + 'A'
		}, name)
		for n := minPrefix; n <= min(maxPrefix, len(letters)); n++ {
			if last = letters[:n]; !taken[last] {
				return last
			}
		}
	}
	return last // taken: the constraint says so
}

// CreateUser makes a person who can sign in, with his organisation and memberships. Errors: NotFound
// (codes "tenant_not_found", "desk_not_found", "line_not_found"), Invalid (codes "bad_email",
// "bad_name", "bad_kind", "bad_inn", "password_length"), Conflict (code "person_exists").
func (s *Service) CreateUser(ctx context.Context, tenantSlug string, in UserInput) (person.Person, error) {
	t, err := tenant.BySlug(ctx, s.db.Exempt(), tenantSlug)
	if err != nil {
		return person.Person{}, fmt.Errorf("create user: %w", err)
	}
	p, err := s.userOf(in)
	if err != nil {
		return person.Person{}, err
	}
	p.Tenant = t.ID
	memberships, err := s.membershipsOf(t.ID, p.ID, in.Memberships)
	if err != nil {
		return person.Person{}, err
	}
	if p.PasswordHash, err = s.doors.hasher.Hash(ctx, in.Password); err != nil {
		return person.Person{}, fmt.Errorf("hash password: %w", err)
	}
	if err := s.db.InTx(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		if in.INN != "" || in.Organisation != "" {
			org, err := person.OrganisationByINN(ctx, tx, t.ID, in.INN, oneLine(in.Organisation), p.CreatedAt)
			if err != nil {
				return err
			}
			p.Organisation = &org
		}
		if err := person.Insert(ctx, tx, t.ID, p); err != nil {
			return err
		}
		for _, m := range memberships {
			if err := person.InsertMembership(ctx, tx, t.ID, m, p.CreatedAt); err != nil {
				return err
			}
		}
		return s.recordOperator(ctx, tx, in.By, t.ID, entry{action: "person_created", object: p.ID.String()})
	}); err != nil {
		return person.Person{}, fmt.Errorf("create user: %w", err)
	}
	p.PasswordHash = ""
	return p, nil
}

func (s *Service) userOf(in UserInput) (person.Person, error) {
	p := person.Person{
		ID: ident.New(), Login: loginOf(in.Email), Name: oneLine(in.Name), Email: strings.TrimSpace(in.NotifyEmail),
		Phone: oneLine(in.Phone), Position: oneLine(in.Position), Kind: in.Kind,
		Verified: true, Locale: string(i18n.RU), CreatedAt: s.clock.Now(),
	}
	if p.Email == "" {
		p.Email = p.Login
	}
	if p.Kind == "" {
		p.Kind = person.Staff
	}
	return p, together(
		unless(!badEmail(p.Login) && !badEmail(p.Email), errs.New(errs.Invalid, "bad_email", "address is not one of e-mail").At("/email")),
		unless(p.Name != "" && utf8.RuneCountInString(p.Name+p.Phone+p.Position+in.Organisation) <= 4*maxTitle,
			errs.New(errs.Invalid, "bad_name", "name is missing or too long").At("/name")),
		unless(p.Kind == person.Staff || p.Kind == person.Citizen, errs.New(errs.Invalid, "bad_kind", "kind is neither staff nor citizen").At("/kind")),
		unless(in.INN == "" || len(form.Fault("inn", "", in.INN)) == 0,
			errs.New(errs.Invalid, "bad_inn", "INN is not of 10 or 12 digits, or its check digit is wrong").At("/inn")),
	)
}

func (s *Service) membershipsOf(tenantID, id ident.ID, in []MembershipInput) ([]person.Membership, error) {
	out := make([]person.Membership, 0, len(in))
	for _, m := range in {
		snap, err := s.registry.BySlug(tenantID, m.Desk)
		if err != nil {
			return nil, fmt.Errorf("find desk of membership: %w", err)
		}
		if m.Administrator {
			out = append(out, person.Membership{Desk: snap.Desk.ID, Person: id, Role: person.RoleAdministrator})
		}
		if m.Line == "" {
			continue
		}
		line, ok := lineOf(snap.Lines, m.Line)
		if !ok {
			return nil, errs.New(errs.NotFound, "line_not_found", "the desk has no such line")
		}
		out = append(out, person.Membership{Desk: snap.Desk.ID, Person: id, Role: person.RoleAgent, Line: line})
	}
	return out, nil
}

// lineOf finds a line by its key, or by its number counted from 1, the last where there are fewer.
func lineOf(lines []api.Line, named string) (string, bool) {
	for _, line := range lines {
		if line.Key == named {
			return line.Key, true
		}
	}
	number, err := strconv.Atoi(named)
	if err != nil || number < 1 || len(lines) == 0 {
		return "", false
	}
	return lines[min(number, len(lines))-1].Key, true
}

// AddListValue adds a value to a list of a desk, renames one or retires one. Errors: NotFound (codes
// "tenant_not_found", "desk_not_found", "list_not_found"), Invalid (codes "bad_list_value",
// "bad_title"), Conflict (code "list_not_extendable").
func (s *Service) AddListValue(ctx context.Context, tenantSlug, desk string, v tenant.ListValue) error {
	t, err := tenant.BySlug(ctx, s.db.Exempt(), tenantSlug)
	if err != nil {
		return fmt.Errorf("add list value: %w", err)
	}
	snap, err := s.registry.BySlug(t.ID, desk)
	if err != nil {
		return fmt.Errorf("add list value: %w", err)
	}
	list, ok := snap.Declaration().List(v.List)
	if !ok {
		return errs.New(errs.NotFound, "list_not_found", "the system has no such list")
	}
	longest := 64 // as a listed field's maxLength
	if list.Private {
		longest = maxLogin
		v.Key = loginOf(v.Key) // addresses, compared in lower case
	}
	switch {
	case !list.Extendable && !list.Private:
		return errs.New(errs.Conflict, "list_not_extendable", "the system does not let desks extend the list")
	case len(v.Key) > longest || !valueForm.MatchString(v.Key):
		return errs.New(errs.Invalid, "bad_list_value", "key of a list value is empty, too long, or has other characters").With("limit", longest)
	case !list.Private && badTitle(v.Title):
		return errBadTitle
	}
	v.Desk = snap.Desk.ID
	if err := s.configure(ctx, t.ID, func(ctx context.Context, tx pgx.Tx) error {
		if err := tenant.InsertListValue(ctx, tx, t.ID, v); err != nil {
			return err
		}
		before, exists := knownValue(snap, list.Key, v.Key)
		after := api.ListValue{Key: v.Key, Title: v.Title, Retired: v.Retired}
		return s.recordOperator(ctx, tx, OperatorActor{}, t.ID, listEntry(snap, list, before, after, exists))
	}); err != nil {
		return fmt.Errorf("add list value: %w", err)
	}
	return nil
}

// knownValue is a value of a list as the desk serves it now.
func knownValue(snap *Snapshot, list, key string) (api.ListValue, bool) {
	values := snap.Lists[list]
	at := slices.IndexFunc(values, func(v api.ListValue) bool { return v.Key == key })
	if at < 0 {
		return api.ListValue{}, false
	}
	return values[at], true
}

// configure makes a change of a tenant's configuration and tells every node.
func (s *Service) configure(ctx context.Context, id ident.ID, change func(ctx context.Context, tx pgx.Tx) error) error {
	if err := s.db.InTx(ctx, id, func(ctx context.Context, tx pgx.Tx) error {
		if err := change(ctx, tx); err != nil {
			return err
		}
		return catalog.BumpEpoch(ctx, tx)
	}); err != nil {
		return err
	}
	s.announce(ctx)
	return nil
}

// announce rings the other nodes and takes the new configuration here. Both happen by themselves at
// the next poll too, so that a failure is no failure of the change, which is committed.
func (s *Service) announce(ctx context.Context) {
	if err := s.db.Notify(ctx, catalog.Channel); err != nil {
		s.log.WarnContext(ctx, "other nodes hear of the new configuration at their next poll", slog.Any("error", err))
	}
	if err := s.Reload(ctx); err != nil {
		s.log.ErrorContext(ctx, "new configuration is not loaded yet", slog.Any("error", err))
	}
}

// note appends what the operator did to a tenant's audit log.
func (s *Service) note(ctx context.Context, tx pgx.Tx, id ident.ID, action, object string) error {
	return audit.Append(ctx, tx, id, audit.Entry{At: s.clock.Now(), Actor: audit.Operator, Action: action, Object: object})
}

var (
	errBadSlug   = errs.New(errs.Invalid, "bad_slug", "slug is not 2 to 32 small Latin letters, digits and hyphens").At("/slug")
	errBadTitle  = errs.New(errs.Invalid, "bad_title", "title is missing or too long").At("/title/ru")
	errBadPrefix = errs.New(errs.Invalid, "bad_prefix", "prefix is not 2 to 10 capital Latin letters").At("/prefix")
)

// unless is what is wrong where something is not as it must be.
func unless(good bool, wrong *errs.Error) *errs.Error {
	if good {
		return nil
	}
	return wrong
}

// together is the first of several refusals, with all of them at their members: who fills in a form
// corrects them at once.
func together(all ...*errs.Error) error {
	all = slices.DeleteFunc(all, func(one *errs.Error) bool { return one == nil })
	if len(all) == 0 {
		return nil
	}
	out := *all[0]
	if len(all) == 1 {
		return &out
	}
	for _, one := range all {
		out.Fields = append(out.Fields, errs.Problem{Pointer: one.Pointer, Code: one.Code, Text: i18n.Both("error."+one.Code, one.Args)})
	}
	out.Pointer = ""
	return &out
}

func badTitle(t i18n.Text) bool {
	return strings.TrimSpace(t.RU+t.EN) == "" || utf8.RuneCountInString(t.RU) > maxTitle || utf8.RuneCountInString(t.EN) > maxTitle
}

func badEmail(address string) bool {
	if len(address) > maxLogin {
		return true
	}
	parsed, err := mail.ParseAddress(address)
	return err != nil || parsed.Address != address || !domainForm.MatchString(address[strings.LastIndexByte(address, '@')+1:])
}
