package coretest

import (
	"maps"
	"testing"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/tenant"
)

// Webtorgi is the key of the system that most tests of the core run on: the most demanding document.
const Webtorgi = "procurement-webtorgi"

// Stage is a tenant with a desk of that system and its people.
type Stage struct {
	*World
	Tenant *Tenant
	Desk   tenant.Desk
	// Owner and Colleague are of one organisation, Foreign of another.
	Owner, Colleague, Foreign desk.Actor
	First, Second, Third      desk.Actor
	Admin                     desk.Actor
}

// NewStage makes a world with that tenant, and a second one whose rows must never be seen.
func NewStage(t testing.TB, slug string) *Stage {
	t.Helper()
	w := New(t, Webtorgi)
	other := w.AddStage("other")
	w.File(other.Owner, "webtorgi", "appeal", Appeal(nil))
	return w.AddStage(slug)
}

// AddStage adds a tenant with a desk and its people to a world.
func (w *World) AddStage(slug string) *Stage {
	w.t.Helper()
	t := w.Tenant(slug)
	s := &Stage{World: w, Tenant: t, Desk: t.Desk("webtorgi", Webtorgi, tenant.Settings{TimeZone: "Asia/Chita"})}
	mail := func(name string) string { return name + "@" + slug + ".example" }
	s.Owner = t.Person(Who{Name: "Иванова Мария Петровна", Email: mail("owner"), INN: "7536000005"})
	s.Colleague = t.Person(Who{Name: "Петров Пётр Ильич", Email: mail("colleague"), INN: "7536000005"})
	s.Foreign = t.Person(Who{Name: "Сидорова Анна Олеговна", Email: mail("foreign"), INN: "7536000012"})
	s.First = t.Person(Who{Name: "Первый Иван Сергеевич", Email: mail("first"), Lines: map[string]string{"webtorgi": "line1"}})
	s.Second = t.Person(Who{Name: "Вторая Ольга Ивановна", Email: mail("second"), Lines: map[string]string{"webtorgi": "line2"}})
	s.Third = t.Person(Who{Name: "Третий Олег Олегович", Email: mail("third"), Lines: map[string]string{"webtorgi": "line3"}})
	s.Admin = t.Person(Who{Name: "Админ Елена Павловна", Email: mail("admin"), Administers: []string{"webtorgi"}})
	return s
}

// Appeal is a valid form of that system, with changes; a nil value takes a field out.
func Appeal(changes map[string]any) map[string]any {
	fields := map[string]any{
		"title": "Не публикуется план-график", "type": "other", "document": "other",
		"description": "При нажатии на кнопку «Опубликовать» появляется сообщение об ошибке подписи.",
		"email":       "ivanova@school1.example", "phone": "8-123-12345678", "name": "Иванова Мария Петровна",
	}
	maps.Copy(fields, changes)
	maps.DeleteFunc(fields, func(_ string, v any) bool { return v == nil })
	return fields
}
