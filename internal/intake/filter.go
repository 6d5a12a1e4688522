package intake

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"
	"github.com/oasiss/oasiss/internal/refusal"
)

// filter is a compiled row filter: a CEL expression over row["column"] that is
// true for the rows to take. It is given only the columns that it names, which
// the linter has seen.
type filter struct {
	program cel.Program
	columns []string
}

// filterCost bounds the work of one evaluation, so that a mapping from
// somebody else cannot stop an import.
const filterCost = 10_000

func compileFilter(expr string) (*filter, error) {
	env, err := cel.NewEnv(cel.Variable("row", cel.MapType(cel.StringType, cel.StringType)), ext.Strings())
	if err != nil {
		return nil, fmt.Errorf("filter environment: %w", err)
	}
	checked, iss := env.Compile(expr)
	if iss.Err() != nil {
		return nil, refusal.New("intake.filter_unreadable", "Where", iss.Err().Error())
	}
	if checked.OutputType() != cel.BoolType {
		return nil, refusal.New("intake.filter_not_yes_or_no")
	}
	columns, ok := filterColumns(checked.NativeRep())
	if !ok {
		return nil, refusal.New("intake.filter_columns")
	}
	program, err := env.Program(checked, cel.CostLimit(filterCost))
	if err != nil {
		return nil, refusal.New("intake.filter_unreadable", "Where", err.Error())
	}
	return &filter{program: program, columns: columns}, nil
}

// filterColumns lists the columns that a filter names. Every use of row must
// be row["a column in words"]; a column that is computed cannot be checked.
func filterColumns(a *ast.AST) (columns []string, ok bool) {
	uses := 0
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.IdentKind && e.AsIdent() == "row" {
			uses++
		}
		if name, found := columnNamed(e); found {
			columns = append(columns, name)
			uses--
		}
	}))
	slices.Sort(columns)
	return slices.Compact(columns), uses == 0 && len(columns) > 0
}

func columnNamed(e ast.Expr) (string, bool) {
	switch e.Kind() {
	case ast.SelectKind:
		s := e.AsSelect()
		return s.FieldName(), isRow(s.Operand())
	case ast.CallKind:
		c := e.AsCall()
		if c.FunctionName() != operators.Index || len(c.Args()) != 2 || !isRow(c.Args()[0]) || c.Args()[1].Kind() != ast.LiteralKind {
			return "", false
		}
		name, isText := c.Args()[1].AsLiteral().(types.String)
		return string(name), isText
	}
	return "", false
}

func isRow(e ast.Expr) bool { return e.Kind() == ast.IdentKind && e.AsIdent() == "row" }

// admits reports whether the mapping takes a row.
func (m *Mapping) admits(l line) (bool, error) {
	for _, w := range m.Where {
		if !w.holds(l) {
			return false, nil
		}
	}
	if m.filter == nil {
		return true, nil
	}
	row := make(map[string]string, len(m.filter.columns))
	for _, c := range m.filter.columns {
		row[c] = l.value(c)
	}
	out, _, err := m.filter.program.Eval(map[string]any{"row": row})
	if err != nil {
		return false, refusal.New("intake.filter_failed")
	}
	yes, isBool := out.Value().(bool)
	if !isBool {
		return false, refusal.New("intake.filter_failed")
	}
	return yes, nil
}

func (w Where) holds(l line) bool {
	v := folded(l.value(w.Column))
	is := func(s string) bool { return folded(s) == v }
	if len(w.In) > 0 && !slices.ContainsFunc(w.In, is) {
		return false
	}
	return !slices.ContainsFunc(w.NotIn, is)
}
