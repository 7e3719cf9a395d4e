package main

import (
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/tenant"
)

// demoTenants are the five organisations of the source documents, and one that hosts two of their
// systems. Their people, numbers and organisations are invented; addresses end in .example, INN have
// valid check digits. Addresses and phones that a document hides stay unset.
func demoTenants() []demoTenant {
	return []demoTenant{minzdrav(), ugra(), kaliningrad(), tyumen(), zabaikalye(), hosting()}
}

func minzdrav() demoTenant {
	const ministry, centre = "Министерство здравоохранения", "ФГБУ «Методический центр аккредитации специалистов»"
	return demoTenant{
		slug: "minzdrav", title: i18n.Text{RU: "Министерство здравоохранения: аккредитация специалистов", EN: "Ministry of Health: accreditation of specialists"},
		desks: []demoDesk{{
			slug: "accreditation", system: "accreditation", prefix: "ACC",
			settings: tenant.Settings{TimeZone: "Europe/Moscow"},
			title:    i18n.Text{RU: "Поддержка аккредитационных комиссий", EN: "Support of accreditation commissions"},
			// Who may file is on the commission's list: requester is, requester2 is not.
			values: []tenant.ListValue{{List: "commission-members", Key: "requester@minzdrav.example"}},
		}},
		people: []demoPerson{
			{login: "requester", name: "Лебедева Ирина Сергеевна", phone: "+7 495 100-20-01", position: "Секретарь аккредитационной комиссии", inn: "7707524805", organisation: centre},
			{login: "requester2", name: "Кузнецов Олег Андреевич", phone: "+7 495 100-20-02", position: "Преподаватель", inn: "7708419031", organisation: "ГБПОУ «Медицинский колледж № 17»"},
			{login: "agent1", name: "Орлова Марина Викторовна", phone: "+7 495 100-20-11", position: "Специалист первой линии", inn: "7707501396", organisation: ministry, line: "1"},
			{login: "agent2", name: "Фёдоров Илья Павлович", phone: "+7 495 100-20-12", position: "Специалист второй линии", inn: "7707501396", organisation: ministry, line: "2"},
			{login: "agent3", name: "Громов Артём Николаевич", phone: "+7 495 100-20-13", position: "Разработчик", inn: "7707501396", organisation: ministry, line: "3"},
			{login: "admin", name: "Соколова Елена Юрьевна", phone: "+7 495 100-20-10", position: "Руководитель поддержки", inn: "7707501396", organisation: ministry, administrator: true},
		},
	}
}

func ugra() demoTenant {
	const service = "АУ «Югорский центр информационных технологий»"
	return demoTenant{
		slug: "ugra", title: i18n.Text{RU: "Ханты-Мансийский автономный округ – Югра", EN: "Khanty-Mansi Autonomous Okrug – Yugra"},
		desks: []demoDesk{{
			slug: "goszakaz", system: "procurement-goszakaz", prefix: "GZ",
			settings: tenant.Settings{TimeZone: "Asia/Yekaterinburg"},
			title:    i18n.Text{RU: "Служба технической поддержки ГИС «Государственный заказ»", EN: "Technical support of “State order”"},
		}},
		people: []demoPerson{
			{login: "requester", name: "Айпина Светлана Ермиловна", phone: "+7 3467 30-40-01", position: "Контрактный управляющий", inn: "8601273159", organisation: "БУ «Окружная клиническая больница»"},
			{login: "requester2", name: "Тарлин Павел Иванович", phone: "+7 3462 50-60-02", position: "Специалист по закупкам", inn: "8602418777", organisation: "МКУ «Центр организации закупок»"},
			{login: "agent1", name: "Вокуева Анна Михайловна", phone: "+7 3467 30-41-11", position: "Оператор службы поддержки", inn: "8601086448", organisation: service, line: "1"},
			{login: "agent2", name: "Неттин Роман Олегович", phone: "+7 3467 30-41-12", position: "Аналитик", inn: "8601086448", organisation: service, line: "2"},
			{login: "agent3", name: "Слинкин Денис Юрьевич", phone: "+7 3467 30-41-13", position: "Инженер", inn: "8601086448", organisation: service, line: "3"},
			{login: "admin", name: "Хозяинова Наталья Петровна", phone: "+7 3467 30-41-10", position: "Начальник отдела поддержки", inn: "8601086448", organisation: service, administrator: true},
		},
	}
}

func kaliningrad() demoTenant {
	const operator = "ГБУ «Центр цифровых технологий Калининградской области»"
	return demoTenant{
		slug: "kaliningrad", title: i18n.Text{RU: "Калининградская область", EN: "Kaliningrad Oblast"},
		desks: []demoDesk{{
			slug: "docflow", system: "docflow", prefix: "SED",
			settings: tenant.Settings{TimeZone: "Europe/Kaliningrad"},
			title:    i18n.Text{RU: "Техническая поддержка ЕСЭД", EN: "Technical support of document flow"},
		}},
		people: []demoPerson{
			{login: "requester", name: "Мельникова Татьяна Алексеевна", phone: "+7 4012 59-91-01", position: "Делопроизводитель", inn: "3906152488", organisation: "Министерство образования Калининградской области"},
			{login: "requester2", name: "Яковлев Сергей Дмитриевич", phone: "+7 4012 59-92-02", position: "Главный специалист", inn: "3907019369", organisation: "Агентство по имуществу Калининградской области"},
			{login: "agent1", name: "Балтийская Ольга Игоревна", phone: "+7 4012 59-95-11", position: "Диспетчер", inn: "3906120775", organisation: operator, line: "1"},
			{login: "agent2", name: "Прусов Виктор Леонидович", phone: "+7 4012 59-95-12", position: "Администратор ЕСЭД", inn: "3906120775", organisation: operator, line: "2"},
			{login: "agent3", name: "Кранц Максим Сергеевич", phone: "+7 4012 59-95-13", position: "Инженер разработчика", inn: "3906120775", organisation: operator, line: "3"},
			{login: "admin", name: "Зеленцова Вера Анатольевна", phone: "+7 4012 59-95-10", position: "Начальник управления", inn: "3906120775", organisation: operator, administrator: true},
		},
	}
}

func tyumen() demoTenant {
	const centre = "ГКУ ТО «Центр информационных технологий»"
	return demoTenant{
		slug: "tyumen", title: i18n.Text{RU: "Тюменская область", EN: "Tyumen Oblast"},
		desks: []demoDesk{{
			slug: "portal", system: "regional-portal", prefix: "SD",
			settings: tenant.Settings{TimeZone: "Asia/Yekaterinburg"},
			title:    i18n.Text{RU: "Портал технической поддержки", EN: "Technical support portal"},
		}},
		people: []demoPerson{
			// Staff are told by letter at an address of a service zone, whatever they sign in with.
			{login: "requester", name: "Сибирцева Алла Григорьевна", phone: "+7 3452 42-70-01", position: "Главный специалист", inn: "7203264107", organisation: "Департамент социального развития Тюменской области", notify: "sibirtseva@72to.ru", kind: person.Staff},
			{login: "requester2", name: "Ершов Никита Валерьевич", phone: "+7 922 000-72-02", kind: person.Citizen},
			{login: "agent1", name: "Турова Дарья Олеговна", phone: "+7 3452 42-71-11", position: "Специалист первой линии", inn: "7204158736", organisation: centre, notify: "turova@72to.ru", line: "1"},
			{login: "agent2", name: "Абалаков Рустам Маратович", phone: "+7 3452 42-71-12", position: "Специалист второй линии", inn: "7204158736", organisation: centre, notify: "abalakov@72to.ru", line: "2"},
			{login: "agent3", name: "Пышминцев Егор Андреевич", phone: "+7 3452 42-71-13", position: "Системный инженер", inn: "7204158736", organisation: centre, notify: "pyshmintsev@72to.ru", line: "3"},
			{login: "admin", name: "Тоболова Людмила Фёдоровна", phone: "+7 3452 42-71-10", position: "Начальник отдела", inn: "7204158736", organisation: centre, notify: "tobolova@72to.ru", administrator: true},
		},
	}
}

func zabaikalye() demoTenant {
	return demoTenant{
		slug: "zabaikalye", title: i18n.Text{RU: "Забайкальский край", EN: "Zabaykalsky Krai"},
		desks: []demoDesk{{
			slug: "webtorgi", system: "procurement-webtorgi", prefix: "WT",
			settings: tenant.Settings{TimeZone: "Asia/Chita"},
			title:    i18n.Text{RU: "Служба технической поддержки «WEB-Торги-КС»", EN: "Technical support of WEB-Torgi-KS"},
			values:   webtorgiValues(), tickets: webtorgiTickets(),
		}},
		people: zabaikalyePeople(),
	}
}

func zabaikalyePeople() []demoPerson {
	const hospital, school = "ГУЗ «Шилкинская центральная районная больница»", "МБОУ «Агинская средняя общеобразовательная школа № 1»"
	const department = "Департамент государственных закупок Забайкальского края"
	return []demoPerson{
		{login: "requester", name: "Дамдинова Баирма Цыреновна", phone: "8-3022-355001", position: "Контрактный управляющий", inn: "7536001231", organisation: hospital},
		{login: "colleague", name: "Филиппова Надежда Ивановна", phone: "8-3022-355002", position: "Экономист", inn: "7536001231", organisation: hospital},
		{login: "requester2", name: "Жамсаранов Баир Доржиевич", phone: "8-30239-34002", position: "Специалист по закупкам", inn: "7536149823", organisation: school},
		{login: "agent1", name: "Иванова Ольга Петровна", phone: "8-3022-350011", position: "Администратор", inn: "7536075113", organisation: department, line: "1"},
		{login: "agent2", name: "Читинцев Андрей Сергеевич", phone: "8-3022-350012", position: "Исполнитель", inn: "7536075113", organisation: department, line: "2"},
		{login: "agent3", name: "Даурский Тимур Русланович", phone: "8-3022-350013", position: "Разработчик", inn: "7536075113", organisation: department, line: "3"},
		{login: "admin", name: "Онохова Галина Васильевна", phone: "8-3022-350010", position: "Начальник отдела сопровождения", inn: "7536075113", organisation: department, administrator: true},
	}
}
