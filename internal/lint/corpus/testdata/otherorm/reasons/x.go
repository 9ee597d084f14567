package reasons

var X int
