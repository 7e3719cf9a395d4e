package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/opora-desk/opora/core/plugin/api"
)

// sample is a letter with what must be read from it.
type sample struct {
	Name     string
	From     string
	FromName string `yaml:"from_name"`
	Subject  string
	Text     string
	Form     string
	Fields   map[string]any
}

func (s sample) letter() api.IncomingLetter {
	return api.IncomingLetter{From: s.From, FromName: s.FromName, To: []string{"sd@72to.ru"}, Subject: s.Subject, Text: s.Text}
}

func samples(t *testing.T) []sample {
	t.Helper()
	files, err := filepath.Glob("../../schemas/regional-portal/testdata/letters/*.yaml")
	require.NoError(t, err)
	var all []sample
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var some []sample
		require.NoError(t, yaml.Unmarshal(raw, &some))
		all = append(all, some...)
	}
	require.NotEmpty(t, all)
	return all
}

func read(t *testing.T, l api.IncomingLetter) (string, map[string]any) {
	t.Helper()
	got, err := letters{}.ReadLetter(t.Context(), api.Call{}, l)
	require.NoError(t, err)
	fields := map[string]any{}
	require.NoError(t, json.Unmarshal(got.Fields, &fields))
	return got.Form, fields
}

// R3.13: the fixed format of each kind of institution; a fact that is not there stays empty.
func TestLettersAreReadAsWrittenDown(t *testing.T) {
	t.Parallel()
	for _, sample := range samples(t) {
		t.Run(sample.Name, func(t *testing.T) {
			t.Parallel()
			form, fields := read(t, sample.letter())
			require.Equal(t, sample.Form, form)
			require.Equal(t, sample.Fields, fields)
		})
	}
}

func TestLinesMayEndAsOtherSystemsEndThem(t *testing.T) {
	t.Parallel()
	for _, sample := range samples(t) {
		letter := sample.letter()
		letter.Text = strings.ReplaceAll(letter.Text, "\n", "\r\n")
		form, fields := read(t, letter)
		require.Equal(t, sample.Form, form, sample.Name)
		if form != formRequest {
			require.Equal(t, sample.Fields, fields, sample.Name)
		}
	}
}

func TestLongLettersAreCutToTheForm(t *testing.T) {
	t.Parallel()
	form, fields := read(t, api.IncomingLetter{Subject: strings.Repeat("т", 300), Text: strings.Repeat("о", 20_000)})
	require.Equal(t, formRequest, form)
	require.Equal(t, strings.Repeat("т", 199)+"…", fields["title"])
	require.Equal(t, strings.Repeat("о", 9_999)+"…", fields["description"])
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Петрова Ольга Викторовна", "Ким Анастасия", "Салтыков-Щедрин М.Е.", "Орлов С. А."} {
		require.True(t, isName(name), name)
	}
	for _, other := range []string{"", "Приёмная", "Департамент Здравоохранения", "Администрация Города", "Главный Специалист", "отдел кадров", "Петров 2"} {
		require.False(t, isName(other), other)
	}
}

func TestKindsOfInstitutions(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Администрация Андреевского сельского поселения": formSettlement,
		"Управление сельского хозяйства":                 formInstitution,
		"МАОУ гимназия № 1":                              formSchool,
		"ГАПОУ ТО «Тобольский многопрофильный техникум»": formSchool,
		"МАУ ДО «Дом детства»":                           formSchool,
		"Центр дополнительного образования «Этажи»":      formSchool,
		"ГБУЗ ТО «Родильный дом № 2»":                    formMedical,
		"Станция ЛПУ": formMedical,
		"Департамент здравоохранения Тюменской области":     formInstitution,
		"Департамент образования и науки Тюменской области": formInstitution,
		"Управление дошкольного образования":                formInstitution,
		"Лицензионная палата":                               formInstitution,
	} {
		require.Equal(t, want, kindOf(&reading{facts: map[string]string{"organisation": name}}, ""), name)
	}
}
