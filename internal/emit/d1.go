package emit

import (
	"io/fs"
	"path"

	"github.com/dreysql/drey/internal/d1driver"
)

// DriverFolder is the folder of the driver for D1 in a package's own, and the
// driver's name.
const DriverFolder = "d1driver"

// d1Source is where that driver comes from.
const d1Source = "github.com/dreysql/drey/internal/" + DriverFolder

// addDriver adds the driver's files as they are.
func addDriver(files map[string][]byte) error {
	return fs.WalkDir(d1driver.Source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		src, err := d1driver.Source.ReadFile(name)
		files[path.Join(DriverFolder, name)] = append([]byte(header), src...)
		return err
	})
}
