package protection

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/oasiss/oasiss/internal/casefile"
	"github.com/oasiss/oasiss/internal/journal"
	"github.com/oasiss/oasiss/internal/seal"
	"github.com/oasiss/oasiss/internal/store"
)

// measureConsulate is the measure that a consular notice ends, by itself.
const measureConsulate = "consular_notice"

// ConsulateAnswer is all that a consular notice may know of a person's newest
// screening: whether the person asks that the consulate be told, and that the
// question of fear was asked. What was answered to that one is not in it.
type ConsulateAnswer struct {
	At        time.Time
	Asks      bool
	FearAsked bool
}

// AnswerOfConsulate reads it; empty for whom nobody has screened, and where the
// answers open no more.
func AnswerOfConsulate(tx *store.Tx, o casefile.Opener, caseID, person string) (ConsulateAnswer, error) {
	var out ConsulateAnswer
	p, err := find(tx, caseID, person)
	if err != nil {
		return out, err
	}
	for _, id := range p.ids() {
		row, err := loadScreening(tx, caseID, id)
		if errors.Is(err, sql.ErrNoRows) || err == nil && row.At.Before(out.At) {
			continue
		}
		if err != nil {
			return out, fmt.Errorf("screening: %w", err)
		}
		given, err := openGiven(tx, o, row.Fact)
		if errors.Is(err, seal.ErrNoKey) || errors.Is(err, journal.ErrForgotten) {
			continue
		}
		if err != nil {
			return out, err
		}
		out = ConsulateAnswer{At: row.At, Asks: given.Answers[TopicLanguage+".consulate"] == Yes, FearAsked: given.Answers[TopicFear+".fear"] != ""}
	}
	return out, nil
}

// NoticeOf says when the consulate of a person had the notice; zero while it has not.
type NoticeOf func(tx *store.Tx, caseID, person string) (time.Time, error)

// noticeOf is package consular's answer. While nobody answers, none has it.
var noticeOf NoticeOf = func(*store.Tx, string, string) (time.Time, error) { return time.Time{}, nil }

// AnswerNotices registers the one that knows consular notices; it is called once,
// before anything is opened.
func AnswerNotices(f NoticeOf) { noticeOf = f }
