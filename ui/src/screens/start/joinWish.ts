// What a person asked for when joining; kept in memory only, to ask again after an end.
export interface JoinWish {
  link: string;
  name: string;
  muted: boolean;
}
