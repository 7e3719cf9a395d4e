package main

import (
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// hosting is an organisation that runs the support of two systems for others. Its desks differ from those
// of the same systems at their own tenants in lists, queues and visibility.
func hosting() demoTenant {
	return demoTenant{
		slug: "hosting", title: i18n.Text{RU: "Межрегиональный центр поддержки", EN: "Interregional support centre"},
		desks: []demoDesk{hostedDocflow(), hostedWebtorgi()}, people: hostingPeople(),
	}
}

func hostedDocflow() demoDesk {
	return demoDesk{
		slug: "docflow", system: "docflow", prefix: "DOC",
		title: i18n.Text{RU: "Поддержка документооборота", EN: "Support of document flow"},
		settings: tenant.Settings{
			TimeZone: "Asia/Novosibirsk",
			// Colleagues see each other's appeals, which at the regulation's own desk they do not.
			Visibility: api.ScopeOrganisation,
			Queues: []api.Queue{
				{Key: "intake", Title: i18n.Text{RU: "Единое окно", EN: "Single window"}},
				{Key: "signatures", Title: i18n.Text{RU: "Электронные подписи", EN: "Electronic signatures"}, Line: "line2"},
			},
		},
		values: []tenant.ListValue{
			{List: "request-types", Key: "signature", Title: i18n.Text{RU: "Электронная подпись", EN: "Electronic signature"}},
			{List: "request-types", Key: "updates", Title: i18n.Text{RU: "Проведение обновлений", EN: "Updates"}, Retired: true},
		},
		tickets: []demoTicket{
			hostedRequest("requester", "signature", "Не подписывается исходящее письмо",
				"При подписании письма появляется сообщение «Сертификат не найден», хотя носитель вставлен."),
			hostedRequest("colleague", "advice", "Как вернуть документ из согласования",
				"Документ отправлен на согласование по ошибке. Как отозвать его, не теряя виз?"),
		},
	}
}

func hostedWebtorgi() demoDesk {
	value := func(list, key, ru, en string) tenant.ListValue {
		return tenant.ListValue{List: list, Key: key, Title: i18n.Text{RU: ru, EN: en}}
	}
	return demoDesk{
		// The same prefix as at the system's own tenant: numbers are each tenant's own.
		slug: "webtorgi", system: "procurement-webtorgi", prefix: "WT",
		title: i18n.Text{RU: "Поддержка закупок", EN: "Support of procurement"},
		settings: tenant.Settings{
			TimeZone: "Asia/Novosibirsk",
			// The document shows everybody everything; here each sees his own.
			Visibility: api.ScopeOwn,
			Queues: []api.Queue{
				{Key: "general", Title: i18n.Text{RU: "Общие вопросы", EN: "General questions"}},
				{Key: "suppliers", Title: i18n.Text{RU: "Вопросы поставщиков", EN: "Questions of suppliers"}, Line: "line1"},
			},
		},
		values: []tenant.ListValue{
			value("appeal-types", "supplier", "Вопрос поставщика", "Question of a supplier"),
			value("document-names", "auction-protocol", "Протокол электронного аукциона", "Protocol of an electronic auction"),
		},
		tickets: []demoTicket{
			hostedAppeal("requester", "Протокол не публикуется", "Протокол 54091300001426000012 остаётся в проектах после публикации."),
			hostedAppeal("requester2", "Нет карточки поставщика", "По протоколу 54091300001426000017 не открывается карточка победителя."),
		},
	}
}

func hostedRequest(as, kind, title, description string) demoTicket {
	who := hostingPerson(as)
	return demoTicket{as: as, form: "request", fields: map[string]any{
		"type": kind, "title": title, "description": description, "name": who.name, "phone": who.phone,
		"email": as + "@hosting.example", "organisation": who.organisation, "position": who.position,
	}}
}

func hostedAppeal(as, title, description string) demoTicket {
	who := hostingPerson(as)
	return demoTicket{as: as, form: "appeal", fields: map[string]any{
		"title": title, "type": "supplier", "document": "auction-protocol", "description": description,
		"registry_numbers": []string{"54091300001426000012"}, "email": as + "@hosting.example", "phone": who.phone, "name": who.name,
		"organisation": who.organisation, "inn": who.inn, "position": who.position,
	}}
}

func hostingPerson(login string) demoPerson {
	for _, p := range hostingPeople() {
		if p.login == login {
			return p
		}
	}
	return demoPerson{}
}

// hostingPeople work on both desks, but for two agents who have one each.
func hostingPeople() []demoPerson {
	const service, library, centre = "МКУ «Служба городского хозяйства»", "МБУ «Центральная городская библиотека»", "ООО «Межрегиональный центр поддержки»"
	return []demoPerson{
		{login: "requester", name: "Обская Вера Николаевна", phone: "8-383-2001001", position: "Делопроизводитель", inn: "5410142738", organisation: service},
		{login: "colleague", name: "Кольцов Пётр Ильич", phone: "8-383-2001002", position: "Контрактный управляющий", inn: "5410142738", organisation: service},
		{login: "requester2", name: "Бердская Алла Юрьевна", phone: "8-383-2002003", position: "Заведующая отделом", inn: "5407339188", organisation: library},
		{login: "agent1", name: "Томилина Юлия Сергеевна", phone: "8-383-2003011", position: "Диспетчер", inn: "5405294615", organisation: centre, line: "1"},
		{login: "agent2", name: "Иртышев Глеб Романович", phone: "8-383-2003012", position: "Специалист", inn: "5405294615", organisation: centre, line: "2"},
		{login: "agent3", name: "Чулымов Ян Эдуардович", phone: "8-383-2003013", position: "Инженер", inn: "5405294615", organisation: centre, line: "3"},
		{login: "clerk", name: "Каргатова Инна Львовна", phone: "8-383-2003014", position: "Диспетчер документооборота", inn: "5405294615", organisation: centre, line: "1", desks: []string{"docflow"}},
		{login: "buyer", name: "Искитимов Марат Тимурович", phone: "8-383-2003015", position: "Диспетчер закупок", inn: "5405294615", organisation: centre, line: "1", desks: []string{"webtorgi"}},
		{login: "admin", name: "Сузунова Раиса Павловна", phone: "8-383-2003010", position: "Руководитель поддержки", inn: "5405294615", organisation: centre, administrator: true},
	}
}
