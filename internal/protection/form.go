package protection

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"sync"

	"github.com/oasiss/oasiss/internal/program"
	"go.yaml.in/yaml/v3"
)

// Topics of a screening, closed (DESIGN §8). Every form asks about all of them.
const (
	TopicMedical     = "medical"
	TopicChild       = "child"
	TopicPregnancy   = "pregnancy"
	TopicTrafficking = "trafficking_indicators"
	TopicFear        = "fear"
	TopicLanguage    = "language"
	TopicCoercion    = "coercion"
)

// Topics in the order in which they are asked.
var Topics = []string{TopicLanguage, TopicMedical, TopicChild, TopicPregnancy, TopicTrafficking, TopicCoercion, TopicFear}

// FearOfReturn is the vulnerability that bars every return, whatever topic it
// was found behind.
const FearOfReturn = "fear_of_return"

// Answers to a question. Unknown and refused are answers: who does not want to
// or cannot answer is screened, and the gate may shut for that reason.
const (
	Yes     = "yes"
	No      = "no"
	Unknown = "unknown"
	Refused = "refused"
)

// Answers in the order in which they are offered.
var Answers = []string{Yes, No, Unknown, Refused}

// Form is one version of the screening form: data, like a procedure. A version
// is never changed, only followed.
type Form struct {
	ID     string         `yaml:"id"`
	Note   program.Text   `yaml:"note"` // read aloud before the first question
	Topics []TopicOfAForm `yaml:"topics"`
	// Vulnerabilities are what answers can show; each calls for measures.
	Vulnerabilities []Vulnerability `yaml:"vulnerabilities"`
	// Pace is the number of words a minute that nobody reads faster; 0 asks for none.
	Pace int `yaml:"words_per_minute"`
}

// TopicOfAForm is one topic with its questions. Any answer that shuts shuts the
// topic's gate, and so does any code of its lists.
type TopicOfAForm struct {
	ID        string       `yaml:"id"`
	Title     program.Text `yaml:"name"`
	Todo      program.Text `yaml:"todo"` // what the protection desk does while the gate is shut
	Questions []Question   `yaml:"questions"`
	Lists     []CodeList   `yaml:"lists"`
}

// Question of a form.
type Question struct {
	ID    string       `yaml:"id"`
	Title program.Text `yaml:"text"`
	Shuts []string     `yaml:"shuts"` // answers that shut the gate
	// Finds names the vulnerability that an answer which shuts shows.
	Finds string `yaml:"finds"`
	// When says after which answer this is asked at all; nil: always.
	When *Condition `yaml:"when"`
	// Reason says that the answer counts only with its reason.
	Reason bool `yaml:"reason"`
	// Codes are what a yes is called in the exchange vocabularies
	// ("htcds:vic_MethodsOfControl=DebtBondage", "niem:im:AlienSmuggledIndicator").
	Codes []string `yaml:"codes"`
	// Doubt lists answers that say of a suspect that he or she may be a victim.
	Doubt []string `yaml:"doubt"`
	// Under18 lists answers that say that the person is a child or adolescent.
	Under18 []string `yaml:"under_18"`
}

// Condition holds if an earlier question ("topic.question") has one of the answers.
type Condition struct {
	Question string   `yaml:"question"`
	Answers  []string `yaml:"answers"`
}

// Vulnerability is what answers show of a person's need of protection.
type Vulnerability struct {
	ID    string       `yaml:"id" json:"id"`
	Title program.Text `yaml:"name" json:"name"`
}

// CodeList is one field of an exchange vocabulary with its values, of which
// every one that applies is marked.
type CodeList struct {
	ID     string       `yaml:"id"`     // the vocabulary's own name of the field
	Source string       `yaml:"source"` // the vocabulary and its version
	Title  program.Text `yaml:"name"`
	Codes  []Code       `yaml:"codes"`
	Finds  string       `yaml:"finds"` // vulnerability that any of them shows
	Doubt  bool         `yaml:"doubt"` // of a suspect: any of them says that he or she may be a victim
}

// Code is one value of a list; the id is the vocabulary's, misspellings too.
type Code struct {
	ID    string       `yaml:"id"`
	Title program.Text `yaml:"name"`
}

//go:embed forms/*.yaml
var formFiles embed.FS

var loadForms = sync.OnceValue(func() []*Form {
	entries, err := formFiles.ReadDir("forms")
	if err != nil {
		panic("protection: " + err.Error())
	}
	var out []*Form
	for _, e := range entries {
		raw, err := formFiles.ReadFile("forms/" + e.Name())
		if err == nil {
			var f Form
			dec := yaml.NewDecoder(bytes.NewReader(raw))
			dec.KnownFields(true)
			if err = dec.Decode(&f); err == nil {
				err = f.check()
			}
			out = append(out, &f)
		}
		if err != nil {
			panic(fmt.Sprintf("protection: form %s: %v", e.Name(), err))
		}
	}
	return out
})

// CurrentForm is the version to screen with today.
func CurrentForm() *Form { f := loadForms(); return f[len(f)-1] }

// FormByID finds a version of the form.
func FormByID(id string) (*Form, bool) {
	i := slices.IndexFunc(loadForms(), func(f *Form) bool { return f.ID == id })
	if i < 0 {
		return nil, false
	}
	return loadForms()[i], true
}

// Topic finds a topic of the form.
func (f *Form) Topic(id string) (TopicOfAForm, bool) {
	i := slices.IndexFunc(f.Topics, func(t TopicOfAForm) bool { return t.ID == id })
	if i < 0 {
		return TopicOfAForm{}, false
	}
	return f.Topics[i], true
}

// vulnerability finds one of the form's by its id.
func (f *Form) vulnerability(id string) (Vulnerability, bool) {
	i := slices.IndexFunc(f.Vulnerabilities, func(v Vulnerability) bool { return v.ID == id })
	if i < 0 {
		return Vulnerability{}, false
	}
	return f.Vulnerabilities[i], true
}

// check demands every topic once and in order, every text in both languages,
// known answers, and nothing named that is not there.
func (f *Form) check() error {
	if len(f.Topics) != len(Topics) || !whole(f.Note) {
		return fmt.Errorf("topics or note missing")
	}
	asked := map[string]bool{}
	for i, t := range f.Topics {
		if t.ID != Topics[i] || !whole(t.Title) || !whole(t.Todo) || len(t.Questions) == 0 {
			return fmt.Errorf("topic %s: out of order or a text is missing", t.ID)
		}
		for _, q := range t.Questions {
			if err := f.checkQuestion(q, asked); err != nil {
				return fmt.Errorf("question %s.%s: %w", t.ID, q.ID, err)
			}
			asked[t.ID+"."+q.ID] = true
		}
		for _, l := range t.Lists {
			if _, known := f.vulnerability(l.Finds); !known || l.Source == "" || !whole(l.Title) || slices.ContainsFunc(l.Codes, func(c Code) bool { return c.ID == "" || !whole(c.Title) }) {
				return fmt.Errorf("list %s: a text is missing, or what it finds", l.ID)
			}
		}
	}
	for _, v := range f.Vulnerabilities {
		if !whole(v.Title) {
			return fmt.Errorf("vulnerability %s: a text is missing", v.ID)
		}
	}
	return nil
}

func whole(t program.Text) bool { return t.En != "" && t.Es != "" }

// checkQuestion demands known answers, an earlier question where one is named,
// and a vulnerability of the form.
func (f *Form) checkQuestion(q Question, asked map[string]bool) error {
	if !whole(q.Title) {
		return fmt.Errorf("a text is missing")
	}
	answers := slices.Concat(q.Shuts, q.Doubt, q.Under18)
	if q.When != nil {
		if !asked[q.When.Question] {
			return fmt.Errorf("asked after %q, which does not stand before it", q.When.Question)
		}
		answers = append(answers, q.When.Answers...)
	}
	for _, a := range answers {
		if !slices.Contains(Answers, a) {
			return fmt.Errorf("answer %q", a)
		}
	}
	if _, known := f.vulnerability(q.Finds); q.Finds != "" && !known {
		return fmt.Errorf("finds %q, which is no vulnerability of the form", q.Finds)
	}
	return nil
}
