package studio

type undoLog struct{}

func (u *undoLog) last() string { return "" }
