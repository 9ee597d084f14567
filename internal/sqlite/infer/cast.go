package infer

var castClasses = map[Affinity]Class{
	IntegerAffinity: Integer, RealAffinity: Real, TextAffinity: Text, BlobAffinity: Blob,
}

// cast returns the type of CAST(x AS declared).
func cast(x Type, declared string) Type {
	class, ok := castClasses[AffinityOf(declared)]
	if !ok || declared == "" { // numeric: a number stays as it is, anything else becomes one
		class = number(x.Class)
		if class == Unknown {
			class = Integer | Real
		}
	}
	t := strict(class, x)
	t.Bool, t.Cast = x.Bool && class == Integer, declared
	return t
}
