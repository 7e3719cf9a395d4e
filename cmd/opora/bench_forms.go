package main

import (
	"encoding/json"

	"github.com/opora-desk/opora/core/tenant"
)

// benchForm is an ordinary filing of a system, of the size that people send.
type benchForm struct {
	system, form string
	fields       map[string]any
	values       []tenant.ListValue
	// members is the list of those who may file, where there is one.
	members string
}

// json is the fields alone and the body of a filing over HTTP.
func (f benchForm) json(desk string) (fields, body []byte) {
	fields, err := json.Marshal(f.fields)
	if err != nil {
		return nil, nil
	}
	body, err = json.Marshal(map[string]any{"desk": desk, "form": f.form, "fields": json.RawMessage(fields)})
	if err != nil {
		return nil, nil
	}
	return fields, body
}

func benchForms() []benchForm {
	const mail = "requester1@" + benchZone
	return []benchForm{
		{system: "procurement-webtorgi", form: "appeal", values: webtorgiValues(), fields: map[string]any{
			"title": "Не отправляется на согласование план-график", "type": "error", "document": "schedule",
			"description":      "При отправке плана-графика 202603912000123001 на согласование система выдаёт «Ошибка контроля», кнопка «Отправить» становится неактивной. Скриншот всего экрана прилагаю. Повторная отправка через час ничего не изменила, в другом браузере то же самое.",
			"registry_numbers": []string{"202603912000123001"},
			"email":            mail, "phone": "8-123-12345678", "name": "Дамдинова Баирма Цыреновна",
		}},
		{system: "procurement-goszakaz", form: "request", fields: map[string]any{
			"section": "planning", "title": "Не сохраняется позиция плана-графика", "customer_kind": "state",
			"description": "При сохранении позиции плана-графика Система выдаёт «Ошибка 500». Ошибка повторяется в разных браузерах и у разных сотрудников отдела. До обновления в понедельник всё сохранялось, очистка кэша не помогла.",
		}},
		{system: "docflow", form: "request", fields: map[string]any{
			"type": "accounts", "title": "Завести учётные записи новым сотрудникам",
			"description": "Приняты два сотрудника отдела контроля, нужны учётные записи с правом подписи внутренних документов и доступом к журналу входящих с понедельника.",
			"name":        "Орлова Вера Андреевна", "email": mail, "phone": "+7 (4012) 12-34-56 доб. 12",
			"organisation": "Администрация Гурьевского муниципального округа", "position": "Главный специалист", "account_action": "add",
			"users": []map[string]any{{"name": "Янсоне Марта Петровна", "position": "Специалист 1 разряда"}, {"name": "Гончар Илья Сергеевич"}},
		}},
		{system: "accreditation", form: "request", members: "commission-members", fields: map[string]any{
			"topic": "Не формируется протокол заседания", "secretary": "Петрова Мария Ивановна", "chairman": "Сидоров Пётр Петрович", "concerns": "nobody",
			"wanted":   "Сформировать протокол заседания подкомиссии по итогам первого этапа.",
			"done":     "Открыли раздел «Заседания», выбрали заседание от 12.03.2026 и нажали «Сформировать протокол».",
			"messages": "«Ошибка формирования документа. Обратитесь к администратору».",
			"failed":   "Протокол не формируется, файл не скачивается.",
		}},
		{system: "regional-portal", form: "access-institution", fields: map[string]any{
			"name": "Петрова Ольга Викторовна", "organisation": "Департамент социального развития Тюменской области", "position": "Главный специалист",
			"email": mail, "phone": "+7 (3452) 12-34-56", "systems": []string{"СЭД", "ППУ", "РГУ"},
		}},
	}
}

// benchNames are requesters' names; the first files nearly everything in the forms above.
var benchNames = []string{
	"Дамдинова Баирма Цыреновна", "Филиппова Надежда Ивановна", "Жамсаранов Баир Доржиевич", "Сибирцева Алла Григорьевна",
	"Лебедева Ирина Сергеевна", "Кузнецов Олег Андреевич", "Мельникова Татьяна Алексеевна", "Яковлев Сергей Дмитриевич",
}
