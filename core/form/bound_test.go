package form_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
)

func TestBound(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return strings.Repeat(`[`, n) + strings.Repeat(`]`, n) }
	for raw, code := range map[string]string{
		`{"a": [1, -2.5e3, "x\n\u00e9\ud83d\ude00", true, false, null, {}]}`: "",
		" \t\r\n{} \n":                          "",
		`0`:                                     "",
		deep(32):                                "",
		deep(33):                                "json_too_deep",
		deep(9999):                              "json_too_deep",
		strings.Repeat(`{"a":`, 9999):           "json_too_deep",
		strings.Repeat("1", 40):                 "",
		strings.Repeat("1", 41):                 "number_too_long",
		strings.Repeat("1", 200000):             "number_too_long",
		`1e40`:                                  "",
		`1E-40`:                                 "",
		`1e41`:                                  "number_too_long",
		`1e-41`:                                 "number_too_long",
		`{"n": 1e2000000}`:                      "number_too_long",
		`1e99999999999999999999`:                "number_too_long",
		`{"a": 1, "a": 2}`:                      "duplicate_key",
		`{"a": 1, "\u0061": 2}`:                 "duplicate_key",
		`{"a": {"b": 1}, "b": {"b": 1}}`:        "",
		`[{"a": {"x": 1, "x": 1}}]`:             "duplicate_key",
		"{\"a\": \"\xff\"}":                     "malformed_json",
		`"\ud800"`:                              "malformed_json",
		`"\udc00"`:                              "malformed_json",
		`"\ud800\u0041"`:                        "malformed_json",
		`"\ud800x"`:                             "malformed_json",
		`"\u0000"`:                              "malformed_json",
		`{"\u0000": 1}`:                         "malformed_json",
		"\"a\x00b\"":                            "malformed_json",
		"\"a\nb\"":                              "malformed_json",
		`"\u+041"`:                              "malformed_json",
		`"\x"`:                                  "malformed_json",
		`"abc`:                                  "malformed_json",
		`"abc\`:                                 "malformed_json",
		`{} {}`:                                 "malformed_json",
		`{}x`:                                   "malformed_json",
		``:                                      "malformed_json",
		`{`:                                     "malformed_json",
		`{"a"}`:                                 "malformed_json",
		`{"a":1,}`:                              "malformed_json",
		`[1,]`:                                  "malformed_json",
		`{a: 1}`:                                "malformed_json",
		`01`:                                    "malformed_json",
		`+1`:                                    "malformed_json",
		`.5`:                                    "malformed_json",
		`1.`:                                    "malformed_json",
		`NaN`:                                   "malformed_json",
		`nul`:                                   "malformed_json",
		`'a'`:                                   "malformed_json",
		"\ufeff{}":                              "malformed_json",
		`[` + strings.Repeat(`1,`, 4998) + `1]`: "",
		`[` + strings.Repeat(`1,`, 4999) + `1]`: "too_many_values",
		`{"` + strings.Repeat("k", 300) + `": 1}`:        "key_too_long",
		`"` + strings.Repeat("a", form.MaxBytes-2) + `"`: "",
		`"` + strings.Repeat("a", form.MaxBytes-1) + `"`: "body_too_large",
	} {
		shown := raw[:min(len(raw), 60)]
		err := form.Bound([]byte(raw))
		if code == "" {
			require.NoError(t, err, shown)
			require.True(t, json.Valid([]byte(raw)), shown)
			continue
		}
		require.Error(t, err, shown)
		require.Equal(t, code, errs.CodeOf(err), shown)
		kind := errs.Malformed
		if code == "body_too_large" {
			kind = errs.TooLarge
		}
		require.Equal(t, kind, errs.KindOf(err), shown)
	}
}

// What passes must be decodable by encoding/json, and no text may panic.
func FuzzBound(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5e3,"\ud83d\ude00"]}`, `{"a":1,"\u0061":2}`, `"\ud800"`, `[[[[`, `1e400`, "\xff", `{"a":-0.0}`, `"\u0000"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if form.Bound(raw) != nil {
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		var v any
		require.NoError(t, decoder.Decode(&v))
		require.True(t, json.Valid(raw))
		require.NotContains(t, string(raw), "\x00")
	})
}

// Whatever passes the bound is decoded and validated without a panic, twice to the same problems.
func FuzzDecode(f *testing.F) {
	compiled := compile(f, object(`"title", "rows"`, appeal), "types")
	for _, seed := range []string{`{"title":"x","rows":[{}]}`, `{"numbers":[1,"a",null,[]],"count":1e40}`, `{"boss":{"name":{}}}`, `{"inn":"7707083893"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		fields, wrong, err := compiled.Decode(raw)
		if err != nil {
			return
		}
		for _, p := range wrong {
			require.NotEmpty(t, p.Code)
		}
		found := compiled.Validate(fields, []string{"/rows/*/note", "/title"}, listed)
		require.Equal(t, codes(found), codes(compiled.Validate(fields, []string{"/rows/*/note", "/title"}, listed)))
		for _, p := range found {
			require.NotEqual(t, "unreadable", p.Code)
			require.NotEqual(t, "type", p.Code, "Decode leaves well typed values only")
		}
	})
}
