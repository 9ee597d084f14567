package quiet

var X int
