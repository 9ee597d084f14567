package report

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// The escapes of workflow commands, see
// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
var (
	githubMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// writeGitHub writes annotations of GitHub Actions, see
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
func writeGitHub(w io.Writer, reports []Report) error {
	for _, r := range reports {
		_, err := fmt.Fprintf(w, "::error file=%s,line=%d,col=%d,title=%s::%s\n",
			githubProperty.Replace(r.File), r.Line, r.Column, githubProperty.Replace("drey "+r.Analyzer), githubMessage.Replace(r.Message))
		if err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// The parts of a SARIF 2.1.0 run that drey uses, see
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
		FullDescription  sarifText `json:"fullDescription"`
		Help             sarifText `json:"help"`
		HelpURI          string    `json:"helpUri"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	home        = "https://github.com/dreysql/drey"
)

// writeSARIF writes what code scanning reads of SARIF, see
// https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support.
// It leaves fingerprints to github/codeql-action/upload-sarif, which has the sources.
func writeSARIF(w io.Writer, reports []Report, rules []Rule, version string) error {
	driver := sarifDriver{Name: "drey", Version: version, InformationURI: home, Rules: []sarifRule{}}
	index := map[string]int{}
	for i, r := range rules {
		index[r.Name] = i
		driver.Rules = append(driver.Rules, sarifRule{
			ID: r.Name, ShortDescription: sarifText{r.Doc}, FullDescription: sarifText{r.Doc},
			Help: sarifText{"What to do instead: drey lint --policy"}, HelpURI: home + "#turning-the-policy-on",
		})
	}
	results := []sarifResult{}
	for _, r := range reports {
		results = append(results, sarifResult{
			RuleID: r.Analyzer, RuleIndex: index[r.Analyzer], Level: "error", Message: sarifText{r.Message},
			Locations: []sarifLocation{{sarifPhysical{
				Artifact: sarifArtifact{(&url.URL{Path: r.File}).String()},
				Region:   region(r),
			}}},
		})
	}
	// SARIF does not have a word for columns in bytes; in ASCII they are the same.
	return writeJSON(w, sarifLog{Schema: sarifSchema, Version: "2.1.0",
		Runs: []sarifRun{{Tool: sarifTool{driver}, ColumnKind: "unicodeCodePoints", Results: results}}})
}

// region is a single character if the end is not known.
func region(r Report) sarifRegion {
	if r.EndLine == 0 {
		return sarifRegion{r.Line, r.Column, r.Line, r.Column + 1}
	}
	return sarifRegion{r.Line, r.Column, r.EndLine, r.EndColumn}
}
