package protection

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"sync"

	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
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
}

// TopicOfAForm is one topic with its questions. Any answer that shuts shuts the
// topic's gate.
type TopicOfAForm struct {
	ID        string       `yaml:"id"`
	Title     program.Text `yaml:"name"`
	Todo      program.Text `yaml:"todo"` // what the protection desk does while the gate is shut
	Questions []Question   `yaml:"questions"`
}

// Question of a form.
type Question struct {
	ID    string       `yaml:"id"`
	Title program.Text `yaml:"text"`
	Shuts []string     `yaml:"shuts"` // answers that shut the gate
	// Doubt lists answers that say of a suspect that he or she may be a victim.
	Doubt []string `yaml:"doubt"`
	// Under18 lists answers that say that the person is a child or adolescent.
	Under18 []string `yaml:"under_18"`
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

// check demands every topic once and in order, every text in both languages
// and known answers.
func (f *Form) check() error {
	if len(f.Topics) != len(Topics) || f.Note.En == "" || f.Note.Es == "" {
		return fmt.Errorf("topics or note missing")
	}
	for i, t := range f.Topics {
		if t.ID != Topics[i] || t.Title.En == "" || t.Title.Es == "" || t.Todo.En == "" || t.Todo.Es == "" || len(t.Questions) == 0 {
			return fmt.Errorf("topic %s: out of order or a text is missing", t.ID)
		}
		for _, q := range t.Questions {
			for _, a := range slices.Concat(q.Shuts, q.Doubt, q.Under18) {
				if !slices.Contains(Answers, a) {
					return fmt.Errorf("question %s.%s: answer %q", t.ID, q.ID, a)
				}
			}
			if q.Title.En == "" || q.Title.Es == "" {
				return fmt.Errorf("question %s.%s: a text is missing", t.ID, q.ID)
			}
		}
	}
	return nil
}

// outcome is what the answers of one person come to.
type outcome struct {
	shut    map[string]bool // topic → its gate is shut
	doubt   bool            // of a suspect: signs of a victim
	under18 bool
}

// judge demands an answer to every question, "topic.question" → answer, and
// says which gates they shut: protection.unanswered, protection.answer_unknown.
func (f *Form) judge(answers map[string]string) (outcome, error) {
	out := outcome{shut: map[string]bool{}}
	asked := map[string]bool{}
	for _, t := range f.Topics {
		for _, q := range t.Questions {
			key := t.ID + "." + q.ID
			asked[key] = true
			a, ok := answers[key]
			switch {
			case !ok || a == "":
				return out, refusal.New("protection.unanswered", "Question", q.Title)
			case !slices.Contains(Answers, a):
				return out, refusal.New("protection.answer_unknown", "Question", q.Title)
			}
			out.shut[t.ID] = out.shut[t.ID] || slices.Contains(q.Shuts, a)
			out.doubt = out.doubt || slices.Contains(q.Doubt, a)
			out.under18 = out.under18 || slices.Contains(q.Under18, a)
		}
	}
	for key := range answers {
		if !asked[key] {
			return out, refusal.New("protection.question_unknown")
		}
	}
	return out, nil
}
