package squirrel

type Sqlizer interface {
	ToSql() (string, []any, error)
}

type Eq map[string]any

func (Eq) ToSql() (string, []any, error) { return "", nil, nil }

type And []Sqlizer

func (And) ToSql() (string, []any, error) { return "", nil, nil }

type SelectBuilder struct{}

func Select(columns ...string) SelectBuilder { return SelectBuilder{} }

func (b SelectBuilder) From(table string) SelectBuilder                   { return b }
func (b SelectBuilder) Where(pred interface{}, args ...any) SelectBuilder { return b }
func (b SelectBuilder) OrderBy(orderBys ...string) SelectBuilder          { return b }
func (b SelectBuilder) ToSql() (string, []any, error)                     { return "", nil, nil }
