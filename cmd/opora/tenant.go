package main

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
)

// tenantCommands are about the organisations of an installation.
type tenantCommands struct {
	Create tenantCreateCommand `cmd:"" help:"${help_tenant_create}"`
	List   tenantListCommand   `cmd:"" help:"${help_tenant_list}"`
}

// titleFlags name something in both languages; one of them is enough.
type titleFlags struct {
	Title   string `help:"${help_title}" placeholder:"TEXT"`
	TitleEN string `name:"title-en" help:"${help_title_en}" placeholder:"TEXT"`
}

func (f titleFlags) text() i18n.Text {
	title := i18n.Text{RU: f.Title, EN: f.TitleEN}
	if title.EN == "" {
		title.EN = title.RU
	}
	if title.RU == "" {
		title.RU = title.EN
	}
	return title
}

type tenantCreateCommand struct {
	installFlags
	titleFlags
	Slug  string `arg:"" help:"${help_slug}"`
	Quota int64  `help:"${help_quota}" placeholder:"MIB"`
}

const mebibyte = 1 << 20

// Run makes a tenant.
func (c *tenantCreateCommand) Run(ctx context.Context, t *terminal) error {
	i, err := c.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	title := c.text()
	if title.IsZero() {
		title = i18n.Text{RU: c.Slug, EN: c.Slug}
	}
	if _, err := i.desk.CreateTenant(ctx, desk.TenantInput{Slug: c.Slug, Title: title, Quota: c.Quota * mebibyte}); err != nil {
		return err
	}
	t.say("cli.tenant.created", arg("tenant", c.Slug))
	return nil
}

type tenantListCommand struct {
	installFlags
}

// Run lists tenants with their desks and counts.
func (c *tenantListCommand) Run(ctx context.Context, t *terminal) error {
	return listTenants(ctx, t, c.installFlags, "")
}

// listTenants prints the desks of every tenant, or of one.
func listTenants(ctx context.Context, t *terminal, f installFlags, only string) error {
	i, err := f.open(ctx, t)
	if err != nil {
		return err
	}
	defer i.close()
	tenants, err := i.desk.Tenants(ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{
		t.text("cli.column.tenant", nil), t.text("cli.column.desk", nil), t.text("cli.column.system", nil),
		t.text("cli.column.open", nil), t.text("cli.column.total", nil), t.text("cli.column.title", nil),
	}}
	for _, tenant := range tenants {
		if only != "" && tenant.Slug != only {
			continue
		}
		if len(tenant.Desks) == 0 {
			rows = append(rows, []string{tenant.Slug, "-", "-", "-", "-", tenant.Title.In(t.lang)})
		}
		for _, d := range tenant.Desks {
			rows = append(rows, []string{
				tenant.Slug, d.Slug, d.System, strconv.FormatInt(d.Open, 10), strconv.FormatInt(d.Total, 10), d.Title.In(t.lang),
			})
		}
	}
	if only != "" && len(rows) == 1 {
		return refuse("cli.error.tenant_not_found", arg("tenant", only))
	}
	return t.table(rows)
}

// table writes rows under their head in columns.
func (t *terminal) table(rows [][]string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		for n, cell := range row {
			if cell == "" {
				cell = "-"
			}
			end := "\t"
			if n == len(row)-1 {
				end = "\n"
			}
			if _, err := fmt.Fprint(w, cell+end); err != nil {
				return fmt.Errorf("write table: %w", err)
			}
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}
