package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// demoTicket is filed by a person of the demo through the same use case as everybody's, and then
// worked on.
type demoTicket struct {
	as     string
	form   string
	fields map[string]any
	steps  []demoStep
}

// demoStep is one thing that somebody does to a ticket: a transition, a comment, an assignment or a
// hand-over, whichever is named.
type demoStep struct {
	as             string
	transition     string
	text           string
	assignee, line string
	duplicateOf    int // the place of the base in the list, counted from 1
	internal       bool
}

// webtorgiValues are types and documents as the desk's administrator would add them: the document's own
// figure with them is lost.
func webtorgiValues() []tenant.ListValue {
	value := func(list, key, ru, en string) tenant.ListValue {
		return tenant.ListValue{List: list, Key: key, Title: i18n.Text{RU: ru, EN: en}}
	}
	return []tenant.ListValue{
		value("appeal-types", "error", "Ошибка в работе системы", "Error of the system"),
		value("appeal-types", "question", "Вопрос по работе", "Question on working with it"),
		value("appeal-types", "access", "Регистрация и доступ", "Registration and access"),
		value("document-names", "schedule", "План-график", "Schedule of purchases"),
		value("document-names", "placement-request", "Заявка на размещение закупки", "Request to place a purchase"),
		value("document-names", "contract-project", "Проект контракта", "Draft contract"),
	}
}

func webtorgiTickets() []demoTicket {
	appeal := func(as, title, kind, document, description string, numbers ...string) demoTicket {
		who := zabaikalyePerson(as)
		fields := map[string]any{
			"title": title, "type": kind, "document": document, "description": description,
			"email": as + "@zabaikalye.example", "phone": who.phone, "name": who.name,
			"organisation": who.organisation, "inn": who.inn, "position": who.position,
		}
		if len(numbers) > 0 {
			fields["registry_numbers"] = numbers
		}
		return demoTicket{as: as, form: "appeal", fields: fields}
	}
	with := func(t demoTicket, steps ...demoStep) demoTicket {
		t.steps = steps
		return t
	}
	return []demoTicket{
		appeal("requester", "Не отправляется на согласование план-график", "error", "schedule",
			"При отправке плана-графика 202603912000123001 на согласование система выдаёт «Ошибка контроля», кнопка «Отправить» становится неактивной.",
			"202603912000123001"),
		with(appeal("requester2", "Заявка на размещение закупки не передаётся в ЕИС", "error", "placement-request",
			"Заявка 0891300001426000045 со вчерашнего дня в состоянии «Отправляется». Повторная отправка ничего не меняет.",
			"0891300001426000045"),
			demoStep{as: "agent1", transition: "confirm"},
			demoStep{as: "agent1", line: "line3", text: "Очередь обмена с ЕИС стоит с 18:40, прошу посмотреть журнал."},
			demoStep{as: "agent3", text: "Сервис обмена перезапущен, разбираю накопившиеся пакеты.", internal: true}),
		with(appeal("colleague", "Снова не уходит заявка в ЕИС", "error", "placement-request",
			"Заявка 0891300001426000045, по которой мы соисполнители, так и не ушла в ЕИС. Срок размещения сегодня.",
			"0891300001426000045"),
			demoStep{as: "agent1", transition: "duplicate", duplicateOf: 2, text: "Проблема уже решается по базовому обращению."}),
		with(appeal("requester", "После входа по сертификату открывается пустая страница", "access", "other",
			"Вхожу через [Вход], [Закупки 44/223-ФЗ], выбираю сертификат, после этого страница остаётся пустой."),
			demoStep{as: "agent1", assignee: "agent2"},
			demoStep{as: "agent2", transition: "not-reproducible", text: "Страница открывается. Добавьте сайт в надёжные узлы и обновите плагин КриптоПро."}),
		with(appeal("colleague", "Как изменить ответственного в плане-графике", "question", "schedule",
			"Контрактный управляющий в отпуске, нужно указать другого ответственного в плане-графике 202603912000123002.",
			"202603912000123002"),
			demoStep{as: "agent2", transition: "answer", text: "Откройте план-график, раздел «Ответственные», кнопка [Изменить], и сохраните новую версию."},
			demoStep{as: "colleague", text: "Кнопки [Изменить] в этом разделе нет, только [Просмотр]."}),
		with(appeal("requester2", "Не прикрепляется проект контракта", "error", "contract-project",
			"При добавлении файла проекта контракта 0891300001426000051 появляется сообщение «Неверный формат».",
			"0891300001426000051"),
			demoStep{as: "agent1", transition: "request-data", text: "Приложите, пожалуйста, скриншот всего экрана и укажите имя файла с расширением."}),
		with(appeal("requester", "Не вижу лимиты по заявке на размещение закупки", "question", "placement-request",
			"В заявке 0891200000626000101 не отображаются лимиты бюджетных обязательств.", "0891200000626000101"),
			demoStep{as: "requester", transition: "withdraw"}),
	}
}

func zabaikalyePerson(login string) demoPerson {
	for _, p := range zabaikalyePeople() {
		if p.login == login {
			return p
		}
	}
	return demoPerson{}
}

// fileTickets files the tickets of a desk, unless it has as many already. Each filing and each
// step carries a key of its own, so that a start that was interrupted is continued by the next.
func (d *demo) fileTickets(ctx context.Context, t demoTenant, own demoDesk) error {
	if len(own.tickets) == 0 {
		return nil
	}
	tenants, err := d.desk.Tenants(ctx)
	if err != nil {
		return err
	}
	for _, summary := range tenants {
		for _, s := range summary.Desks {
			if summary.Slug == t.slug && s.Slug == own.slug && s.Total >= int64(len(own.tickets)) {
				return nil
			}
		}
	}
	players := map[string]desk.Actor{}
	defer func() {
		for _, who := range players {
			_ = d.desk.SignOut(context.WithoutCancel(ctx), who)
		}
	}()
	numbers := make([]string, 0, len(own.tickets))
	for n, ticket := range own.tickets {
		number, err := d.fileTicket(ctx, t, own, players, ticket, "demo-"+own.slug+"-"+strconv.Itoa(n+1), numbers)
		if err != nil {
			return fmt.Errorf("file ticket %d of the demo: %w", n+1, err)
		}
		numbers = append(numbers, number)
	}
	return nil
}

func (d *demo) player(ctx context.Context, t demoTenant, players map[string]desk.Actor, login string) (desk.Actor, error) {
	if a, ok := players[login]; ok {
		return a, nil
	}
	session, err := d.desk.SignIn(ctx, t.slug, t.login(login), demoPassword, "", i18n.RU)
	if err != nil {
		return desk.Actor{}, err
	}
	a, err := d.desk.Authenticate(ctx, t.slug, session.Token, i18n.RU)
	if err == nil {
		players[login] = a
	}
	return a, err
}

func (d *demo) fileTicket(
	ctx context.Context, t demoTenant, own demoDesk, players map[string]desk.Actor, ticket demoTicket, key string, numbers []string,
) (string, error) {
	who, err := d.player(ctx, t, players, ticket.as)
	if err != nil {
		return "", err
	}
	fields, err := json.Marshal(ticket.fields)
	if err != nil {
		return "", fmt.Errorf("write fields: %w", err)
	}
	filed, err := d.desk.Submit(ctx, who, desk.SubmitInput{
		Desk: own.slug, Form: ticket.form, Fields: fields, Channel: api.Portal, IdempotencyKey: key, BodyDigest: []byte(key),
	})
	if err != nil {
		return "", err
	}
	for n, step := range ticket.steps {
		who, err := d.player(ctx, t, players, step.as)
		if err != nil {
			return "", err
		}
		var assignee ident.ID
		if step.assignee != "" {
			executor, err := d.player(ctx, t, players, step.assignee)
			if err != nil {
				return "", err
			}
			assignee = executor.Person.ID
		}
		if err := d.take(ctx, who, filed.Number, step, key+"-"+strconv.Itoa(n+1), assignee, numbers); err != nil {
			return "", fmt.Errorf("step %d: %w", n+1, err)
		}
	}
	return filed.Number, nil
}

func (d *demo) take(ctx context.Context, who desk.Actor, number string, s demoStep, key string, assignee ident.ID, numbers []string) error {
	var err error
	switch {
	case s.transition != "":
		in := desk.TransitionInput{Transition: s.transition, Comment: s.text, IdempotencyKey: key, BodyDigest: []byte(key)}
		if s.duplicateOf > 0 {
			in.DuplicateOf = numbers[s.duplicateOf-1]
		}
		_, err = d.desk.Transition(ctx, who, number, in)
	case s.line != "":
		// Done by an interrupted start already, it is a hand-over of the line to itself.
		if now, seen := d.desk.Ticket(ctx, who, number); seen == nil && now.Line == s.line {
			return nil
		}
		_, err = d.desk.HandOver(ctx, who, number, s.line, s.text, 0)
	case s.assignee != "":
		_, err = d.desk.Assign(ctx, who, number, &assignee, 0)
	default:
		_, err = d.desk.Comment(ctx, who, number, desk.CommentInput{Text: s.text, Internal: s.internal, IdempotencyKey: key, BodyDigest: []byte(key)})
	}
	return err
}
