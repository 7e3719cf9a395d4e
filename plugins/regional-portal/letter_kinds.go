package main

import "regexp"

var (
	settlement = regexp.MustCompile(`(?i)поселени[яей]`)
	school     = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:школ|гимнази|лице[йя]|колледж|техникум|детск\p{L}+\s+сад|центр\s+творчества|СОШ|ООШ|М[АБ]Д?ОУ|[МГ]АУ\s*ДО)|дополнительного\s+образования`)
	medical    = regexp.MustCompile(`(?i)больниц|поликлиник|госпитал|диспансер|родильн|амбулатори|(?:^|[^\p{L}])(?:Г[БА]УЗ|ОКБ|ЛПУ|ФАП|медицинск\p{L}+\s+(?:центр|учреждени|город))`)

	// organisation are words that no name of a person begins with.
	organisation = regexp.MustCompile(`(?i)^(?:администрац|департамент|управлени|комитет|министерств|агентств|инспекц|дума|правительств|центр|учреждени|фонд|Г[БАК]УЗ?|М[АБК]Д?О?УК?|ГКУ|АУ)(?:$|[^\p{L}]|\p{L}+\s)`)
	position     = regexp.MustCompile(`(?i)^(?:и\.?\s?о\.?\s+)?(?:(?:перв|глав|ведущ|старш|младш)\p{L}+\s+)?(?:специалист|консультант|эксперт|инженер|программист|техник|системный\s+администратор|администратор\s+(?:сети|баз)|начальник|заместител|директор|завуч|заведующ|врач|фельдшер|медсестр|медицинск\p{L}+\s+сестр|секретар|делопроизводител|бухгалтер|методист|учител|преподавател|воспитател|глав[аы]|оператор|советник|референт|юрист|руководител)`)
)

func isPosition(text string) bool { return position.MatchString(text) }

// kindOf tells the kind of institution: by a label that one kind alone has, by the words of the
// organisation, or by «восстановить», which only medical institutions are told to write.
func kindOf(r *reading, ask string) string {
	if r.form != "" {
		return r.form
	}
	names := []string{r.facts["organisation"]}
	if names[0] == "" {
		names = r.before
	}
	for _, name := range names {
		switch {
		case settlement.MatchString(name):
			return formSettlement
		case school.MatchString(name):
			return formSchool
		case medical.MatchString(name):
			return formMedical
		}
	}
	if asksRestore.MatchString(ask) {
		return formMedical
	}
	return formInstitution
}
