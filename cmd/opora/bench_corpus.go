package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/catalog"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
)

// benchTemplates is how many different texts there are.
const benchTemplates = 4000

// benchCorpus is texts put together from the running Russian of the systems' own declarations: their
// words, in the frequencies that they have there.
type benchCorpus struct {
	words     []string
	templates []benchText
}

type benchText struct{ subject, text string }

// declarations are the active systems and all the text of their files.
func (w *benchWorld) declarations(ctx context.Context) (map[string]*api.Declaration, string, error) {
	releases, err := catalog.Active(ctx, w.db.Exempt())
	if err != nil {
		return nil, "", err
	}
	declared := map[string]*api.Declaration{}
	var texts strings.Builder
	for _, r := range releases {
		d, findings := release.Parse(r.Files[api.DeclarationFile])
		if len(findings) > 0 {
			return nil, "", release.Error(findings)
		}
		declared[r.System] = d
		for _, name := range benchSortedKeys(r.Files) {
			texts.Write(r.Files[name])
			texts.WriteByte('\n')
		}
	}
	return declared, texts.String(), nil
}

var benchWord = regexp.MustCompile(`[а-яё]{2,}`)

func newBenchCorpus(texts string) *benchCorpus {
	c := &benchCorpus{words: benchWord.FindAllString(strings.ToLower(texts), -1)}
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same texts each time
	for range benchTemplates {
		text := make([]string, 0, 6)
		for range 3 + random.IntN(4) {
			text = append(text, c.sentence(random, 7+random.IntN(9))+".")
		}
		c.templates = append(c.templates, benchText{subject: c.sentence(random, 4+random.IntN(5)), text: strings.Join(text, " ")})
	}
	return c
}

// sentence is some words that stand behind each other somewhere.
func (c *benchCorpus) sentence(random *rand.Rand, length int) string {
	at := random.IntN(len(c.words) - length)
	text := []rune(strings.Join(c.words[at:at+length], " "))
	text[0] = unicode.ToUpper(text[0])
	return string(text)
}

// common is a word that stands in about a share of the texts.
func (c *benchCorpus) common(share float64) string {
	in := map[string]int{}
	for _, t := range c.templates {
		once := map[string]bool{}
		for _, word := range benchWord.FindAllString(strings.ToLower(t.subject+" "+t.text), -1) {
			// Short words are left out by the search itself.
			if len([]rune(word)) >= 7 && !once[word] {
				once[word] = true
				in[word]++
			}
		}
	}
	return slices.MinFunc(benchSortedKeys(in), func(a, b string) int {
		far := func(word string) float64 { return math.Abs(float64(in[word]) - share*benchTemplates) }
		switch {
		case far(a) < far(b):
			return -1
		case far(a) > far(b):
			return 1
		}
		return strings.Compare(a, b)
	})
}

// pool makes the words of each template once, by the expressions of the product.
func (s *benchSeeder) pool(ctx context.Context) error {
	super := s.b.world.super
	if _, err := super.Exec(ctx, `drop table if exists bench.pool, bench.words;
		create table bench.pool (k int primary key, subject text, text text, words tsvector);
		create unlogged table bench.words (tenant_id uuid, ticket_id uuid, k int, exact text[], extra text)`); err != nil {
		return fmt.Errorf("make table of texts: %w", err)
	}
	if _, err := super.CopyFrom(ctx, pgx.Identifier{"bench", "pool"}, []string{"k", "subject", "text"}, pgx.CopyFromSlice(benchTemplates, func(k int) ([]any, error) {
		return []any{k, s.corpus.templates[k].subject, s.corpus.templates[k].text}, nil
	})); err != nil {
		return fmt.Errorf("copy texts: %w", err)
	}
	if _, err := super.Exec(ctx, `update bench.pool set words = setweight(to_tsvector('russian', subject), 'B')
			|| setweight(to_tsvector('simple', $1), 'B') || setweight(to_tsvector('russian', text), 'C')`,
		benchNames[0]+" Учреждение № 1"); err != nil {
		return fmt.Errorf("make words of texts: %w", err)
	}
	return nil
}
