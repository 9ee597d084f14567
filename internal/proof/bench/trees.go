package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

// The rows of a tree, for drey and by hand.
type (
	userTree struct {
		db.User
		Links []linkTree
	}
	linkTree struct {
		db.Link
		Clicks []db.Click
	}
)

// The same with tags, for peers that read trees by them.
type (
	taggedUser struct {
		bun.BaseModel `bun:"table:users" gorm:"-"`
		ID            int64        `bun:"id,pk" gorm:"column:id;primaryKey"`
		Email         string       `bun:"email" gorm:"column:email"`
		Name          string       `bun:"name" gorm:"column:name"`
		CreatedAt     db.UnixTime  `bun:"created_at" gorm:"column:created_at"`
		Links         []taggedLink `bun:"rel:has-many,join:id=user_id" gorm:"foreignKey:UserID"`
	}
	taggedLink struct {
		bun.BaseModel `bun:"table:links" gorm:"-"`
		ID            int64        `bun:"id,pk" gorm:"column:id;primaryKey"`
		UserID        int64        `bun:"user_id" gorm:"column:user_id"`
		Slug          string       `bun:"slug" gorm:"column:slug"`
		URL           string       `bun:"url" gorm:"column:url"`
		Host          string       `bun:"host" gorm:"column:host"`
		Title         *string      `bun:"title" gorm:"column:title"`
		Metadata      db.JSON      `bun:"metadata" gorm:"column:metadata"`
		IsActive      bool         `bun:"is_active" gorm:"column:is_active"`
		MaxClicks     *int64       `bun:"max_clicks" gorm:"column:max_clicks"`
		ClickCount    int64        `bun:"click_count" gorm:"column:click_count"`
		ExpiresAt     *db.UnixTime `bun:"expires_at" gorm:"column:expires_at"`
		CreatedAt     db.UnixTime  `bun:"created_at" gorm:"column:created_at"`
		Clicks        []click      `bun:"rel:has-many,join:id=link_id" gorm:"foreignKey:LinkID"`
	}
)

func (taggedUser) TableName() string { return "users" }
func (taggedLink) TableName() string { return "links" }

// A tree is of so many users, with so many links each and so many clicks of each.
const treeUsers, treeLinks, treeClicks = 20, 5, 20

// trees measures what reads a tree of three levels.
func trees(ctx context.Context, w io.Writer, rounds int, match *regexp.Regexp) error {
	name := fmt.Sprintf("%d users with %d links with %d clicks", treeUsers, treeUsers*treeLinks, treeUsers*treeLinks*treeClicks)
	if !match.MatchString(name) {
		return nil
	}
	dir, err := os.MkdirTemp("", "drey-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "links.db")
	if _, err := db.Migrate(ctx, path); err != nil {
		return err
	}
	c, err := db.Open(ctx, path)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Tx(ctx, func(tx *db.Tx) error { return fillTrees(ctx, tx) }); err != nil {
		return err
	}
	variants, err := treeVariants(ctx, c)
	if err != nil {
		return err
	}
	fmt.Fprint(w, "## Trees\n\n| case | variant | time | ratio | allocations | bytes |\n|---|---|--:|--:|--:|--:|\n")
	if err := report(w, rounds, name, variants); err != nil {
		return err
	}
	fmt.Fprintln(w)
	return nil
}

func fillTrees(ctx context.Context, tx *db.Tx) error {
	for i := range treeUsers {
		users, err := db.Users.Insert(db.Users.Email).Returning(ctx, tx, db.User{Email: fmt.Sprintf("%d@example.com", i)})
		if err != nil {
			return err
		}
		rows := make([]db.Link, treeLinks)
		for j := range rows {
			rows[j] = newLink(i*treeLinks + j)
			rows[j].UserID = users[0].ID
		}
		links, err := db.Links.Insert(db.Links.UserID, db.Links.Slug, db.Links.URL).Returning(ctx, tx, rows...)
		if err != nil {
			return err
		}
		for _, l := range links {
			clicks := make([]db.Click, treeClicks)
			for k := range clicks {
				clicks[k] = db.Click{LinkID: l.ID, ClickedAt: db.UnixTime{Time: start}}
			}
			if _, err := db.Clicks.Insert(db.Clicks.LinkID, db.Clicks.ClickedAt).Exec(ctx, tx, clicks...); err != nil {
				return err
			}
		}
	}
	return nil
}

func treeVariants(ctx context.Context, c *db.Client) ([]variant, error) {
	hand, err := treeByHand(ctx, c)
	if err != nil {
		return nil, err
	}
	g, err := gorm.Open(sqlite.New(sqlite.Config{Conn: c.DB()}), &gorm.Config{PrepareStmt: true, DisableAutomaticPing: true, Logger: logger.Discard})
	if err != nil {
		return nil, err
	}
	b := bun.NewDB(c.DB(), sqlitedialect.New())
	byLink := drey.With(&db.Links.Query, db.LinkToClicks, &db.Clicks.Query, func(to *linkTree) (*db.Link, *[]db.Click) { return &to.Link, &to.Clicks })
	byUser := drey.With(&db.Users.Query, db.UserToLinks, byLink, func(to *userTree) (*db.User, *[]linkTree) { return &to.User, &to.Links })
	const want = treeUsers * treeLinks * treeClicks
	return []variant{
		{name: "by hand, prepared", run: times(want, func() (int, error) {
			users, err := hand()
			return countTrees(users), err
		})},
		{name: "drey", run: times(want, func() (int, error) {
			users, err := byUser.All(ctx, c)
			return countTrees(users), err
		})},
		{name: "gorm", run: times(want, func() (int, error) {
			var users []taggedUser
			err := g.WithContext(ctx).Preload("Links.Clicks").Find(&users).Error
			return countTagged(users), err
		})},
		{name: "bun", run: times(want, func() (int, error) {
			var users []taggedUser
			err := b.NewSelect().Model(&users).Relation("Links.Clicks").Scan(ctx)
			return countTagged(users), err
		})},
	}, nil
}

func countTrees(users []userTree) (n int) {
	for _, u := range users {
		for _, l := range u.Links {
			n += len(l.Clicks)
		}
	}
	return n
}

func countTagged(users []taggedUser) (n int) {
	for _, u := range users {
		for _, l := range u.Links {
			n += len(l.Clicks)
		}
	}
	return n
}

// treeByHand reads a tree by three prepared statements, and puts it together by maps.
func treeByHand(ctx context.Context, c *db.Client) (func() ([]userTree, error), error) {
	in := func(n int) string { return "(?" + strings.Repeat(", ?", n-1) + ")" }
	var stmts [3]*sql.Stmt
	for i, text := range []string{
		"SELECT id, email, name, created_at FROM users",
		"SELECT " + linkColumns + " FROM links WHERE user_id IN " + in(treeUsers),
		"SELECT " + clickColumns + " FROM clicks WHERE link_id IN " + in(treeUsers*treeLinks),
	} {
		stmt, err := c.ReadDB().PrepareContext(ctx, text)
		if err != nil {
			return nil, err
		}
		stmts[i] = stmt
	}
	return func() ([]userTree, error) {
		rows, err := stmts[0].QueryContext(ctx)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		var users []userTree
		for rows.Next() {
			var u userTree
			if err := rows.Scan(&u.ID, &u.Email, &u.Name, &u.CreatedAt); err != nil {
				return nil, err
			}
			users = append(users, u)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		ids := make([]any, len(users))
		for i, u := range users {
			ids[i] = u.ID
		}
		found, err := scanLinks(stmts[1].QueryContext(ctx, ids...))
		if err != nil {
			return nil, err
		}
		links := found.(plain)
		ids = make([]any, len(links))
		for i, l := range links {
			ids[i] = l.ID
		}
		clicks, err := scanClicks(stmts[2].QueryContext(ctx, ids...))
		if err != nil {
			return nil, err
		}
		byLink := make(map[int64][]db.Click, len(links))
		for _, c := range clicks {
			byLink[c.LinkID] = append(byLink[c.LinkID], c)
		}
		byUser := make(map[int64][]linkTree, len(users))
		for _, l := range links {
			byUser[l.UserID] = append(byUser[l.UserID], linkTree{l, byLink[l.ID]})
		}
		for i := range users {
			users[i].Links = byUser[users[i].ID]
		}
		return users, nil
	}, nil
}
