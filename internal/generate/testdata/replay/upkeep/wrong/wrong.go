package wrong

import "example.com/replay/upkeep/db"

func Writes() {
	db.Notes.Update(db.Notes.Version.Set(1))
	db.Notes.Update(db.Notes.Version.Add(1))
	db.Notes.Update(db.Notes.Version.Expect("1"))
	db.Notes.Update(db.Users.Version.Expect(1))
	db.Notes.Update(db.Notes.UserID.Expect(1))
	db.Plain.WithDeleted()
	db.Notes.Where().WithDeleted()
	db.Users.WithDeleted().Where(db.Notes.ID.Eq(1))
}
