package protection

import (
	"slices"
	"strings"
	"time"

	"github.com/oasiss/oasiss/internal/i18n"
	"github.com/oasiss/oasiss/internal/program"
	"github.com/oasiss/oasiss/internal/refusal"
)

// Replies are what one person said to a form.
type Replies struct {
	Answers    map[string]string `json:"answers"`              // "topic.question" → answer
	Reasons    map[string]string `json:"reasons,omitempty"`    // "topic.question" → why, where the form asks for it
	Indicators []string          `json:"indicators,omitempty"` // "list.code" of the form's vocabularies
}

// outcome is what the replies of one person come to.
type outcome struct {
	shut    map[string]bool     // topic → its gate is shut
	found   map[string][]string // topic → vulnerabilities, in the form's order
	doubt   bool                // of a suspect: signs of a victim
	under18 bool
}

func (o outcome) finds(topic, id string) {
	if id != "" && !slices.Contains(o.found[topic], id) {
		o.found[topic] = append(o.found[topic], id)
	}
}

// judge demands an answer to every question that is asked, its reason where the
// form wants one, and known codes; it says which gates they shut:
// protection.unanswered, protection.answer_unknown, protection.answer_unreasoned,
// protection.question_unknown, protection.indicator_unknown.
func (f *Form) judge(r Replies) (outcome, error) {
	out := outcome{shut: map[string]bool{}, found: map[string][]string{}}
	known, codes := map[string]bool{}, map[string]bool{}
	for _, t := range f.Topics {
		for _, q := range t.Questions {
			key := t.ID + "." + q.ID
			known[key] = true
			if err := out.weigh(t.ID, key, q, r); err != nil {
				return out, err
			}
		}
		for _, l := range t.Lists {
			for _, c := range l.Codes {
				codes[l.ID+"."+c.ID] = true
				if slices.Contains(r.Indicators, l.ID+"."+c.ID) {
					out.shut[t.ID], out.doubt = true, out.doubt || l.Doubt
					out.finds(t.ID, l.Finds)
				}
			}
		}
	}
	for key := range r.Answers {
		if !known[key] {
			return out, refusal.New("protection.question_unknown")
		}
	}
	if slices.ContainsFunc(r.Indicators, func(code string) bool { return !codes[code] }) {
		return out, refusal.New("protection.indicator_unknown")
	}
	return out, nil
}

// weigh adds one question's answer. What was answered counts, also where it
// need not have been asked.
func (o *outcome) weigh(topic, key string, q Question, r Replies) error {
	a := r.Answers[key]
	switch {
	case a == "" && !q.asked(r):
		return nil
	case a == "":
		return refusal.New("protection.unanswered", "Question", q.Title)
	case !slices.Contains(Answers, a):
		return refusal.New("protection.answer_unknown", "Question", q.Title)
	case q.Reason && strings.TrimSpace(r.Reasons[key]) == "":
		return refusal.New("protection.answer_unreasoned", "Question", q.Title)
	}
	if slices.Contains(q.Shuts, a) {
		o.shut[topic] = true
		o.finds(topic, q.Finds)
	}
	o.doubt = o.doubt || slices.Contains(q.Doubt, a)
	o.under18 = o.under18 || slices.Contains(q.Under18, a)
	return nil
}

// asked reports whether a question is asked after these replies.
func (q Question) asked(r Replies) bool {
	return q.When == nil || slices.Contains(q.When.Answers, r.Answers[q.When.Question])
}

// Calm are answers that shut no gate, to every question that is asked of an
// adult: what stories begin from.
func (f *Form) Calm() map[string]string {
	out := map[string]string{}
	for _, t := range f.Topics {
		for _, q := range t.Questions {
			if !q.asked(Replies{Answers: out}) {
				continue
			}
			key := t.ID + "." + q.ID
			out[key] = No
			if slices.Contains(q.Shuts, No) {
				out[key] = Yes
			}
		}
	}
	return out
}

// Least is the shortest time in which what was answered can have been read, in
// one language, at the form's pace: whole seconds, 0 where the form sets none.
// A listener takes longer; whoever answers faster did not read.
func (f *Form) Least(r Replies, lang i18n.Lang) time.Duration {
	if f.Pace <= 0 {
		return 0
	}
	words := 0
	for _, t := range f.Topics {
		for _, q := range t.Questions {
			if r.Answers[t.ID+"."+q.ID] != "" {
				words += len(strings.Fields(q.Title.In(lang)))
			}
		}
	}
	return (time.Duration(words) * time.Minute / time.Duration(f.Pace)).Truncate(time.Second)
}

// tooFast is the rule of the anomalies list: whether people were asked in less
// time than their answers take to be read.
func tooFast(took, least time.Duration) bool { return took < least }

// Why is one answer that shut a gate, for the protection desk.
type Why struct {
	Question program.Text `json:"question"`
	Answer   string       `json:"answer"`           // one of Answers; empty of an indicator
	Reason   string       `json:"reason,omitempty"` // as it was given
}

// why lists what shut a topic's gate, in the form's order.
func (f *Form) why(topic string, r Replies) []Why {
	t, _ := f.Topic(topic)
	var out []Why
	for _, q := range t.Questions {
		key := topic + "." + q.ID
		if a := r.Answers[key]; slices.Contains(q.Shuts, a) {
			out = append(out, Why{Question: q.Title, Answer: a, Reason: r.Reasons[key]})
		}
	}
	for _, l := range t.Lists {
		for _, c := range l.Codes {
			if slices.Contains(r.Indicators, l.ID+"."+c.ID) {
				out = append(out, Why{Question: c.Title})
			}
		}
	}
	return out
}
