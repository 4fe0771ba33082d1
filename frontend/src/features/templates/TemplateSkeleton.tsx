import { Bones, Skeleton } from '../../ui/Skeleton';

/** As many cards as are built in. */
export function TemplateSkeleton() {
  return (
    <Skeleton label="Reading the templates">
      <div className="cards wide-cards">
        {[1, 2, 3, 4].map((key) => (
          <div key={key} className="card">
            <Bones count={1} width="45%" />
            <Bones count={2} />
            <Bones count={1} width="60%" />
          </div>
        ))}
      </div>
    </Skeleton>
  );
}
